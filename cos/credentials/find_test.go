package credentials_test

import (
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"cosmander/cos"
	"cosmander/cos/credentials"
)

const twoProfiles = `
profile = "home"
theme = "dark"

[profiles.home]
secret_id = "home-id"
secret_key = "home-key"
token = "home-token"
region = "ap-home"
endpoint = "http://127.0.0.1:9000"
bucket = "b-1"
prefix = "p/"

[profiles.public]
anonymous = true
region = "ap-public"
`

func writeConfig(t *testing.T, text string, mode os.FileMode) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.toml")
	require.NoError(t, os.WriteFile(path, []byte(text), mode))
	require.NoError(t, os.Chmod(path, mode))
	return path
}

func environ(vars map[string]string) func(string) string {
	return func(name string) string { return vars[name] }
}

var sources = map[string]struct {
	env     map[string]string
	config  string
	profile string
	want    credentials.Found
}{
	"COS variables": {
		env: map[string]string{
			"COS_SECRET_ID": "i", "COS_SECRET_KEY": "k", "COS_SESSION_TOKEN": "t",
			"COS_REGION": "r", "COS_ENDPOINT": "http://e",
			"TENCENTCLOUD_SECRET_ID": "other", "TENCENTCLOUD_SECRET_KEY": "other",
		},
		config: twoProfiles,
		want: credentials.Found{
			Name: "environment", Region: "r", Endpoint: "http://e",
			Credentials: cos.Credentials{SecretID: "i", SecretKey: "k", Token: "t", Source: "environment (COS_*)"},
		},
	},
	"TENCENTCLOUD variables do not borrow the other token": {
		env: map[string]string{
			"TENCENTCLOUD_SECRET_ID": "i", "TENCENTCLOUD_SECRET_KEY": "k",
			"TENCENTCLOUD_REGION": "r", "COS_SESSION_TOKEN": "stray",
		},
		want: credentials.Found{
			Name: "environment", Region: "r",
			Credentials: cos.Credentials{SecretID: "i", SecretKey: "k", Source: "environment (TENCENTCLOUD_*)"},
		},
	},
	"TENCENTCLOUD_TOKEN": {
		env: map[string]string{"TENCENTCLOUD_SECRET_ID": "i", "TENCENTCLOUD_SECRET_KEY": "k", "TENCENTCLOUD_TOKEN": "t"},
		want: credentials.Found{
			Name:        "environment",
			Credentials: cos.Credentials{SecretID: "i", SecretKey: "k", Token: "t", Source: "environment (TENCENTCLOUD_*)"},
		},
	},
	"TENCENTCLOUD_SECURITY_TOKEN": {
		env: map[string]string{
			"TENCENTCLOUD_SECRET_ID": "i", "TENCENTCLOUD_SECRET_KEY": "k", "TENCENTCLOUD_SECURITY_TOKEN": "t",
		},
		want: credentials.Found{
			Name:        "environment",
			Credentials: cos.Credentials{SecretID: "i", SecretKey: "k", Token: "t", Source: "environment (TENCENTCLOUD_*)"},
		},
	},
	"default profile": {
		config: twoProfiles,
		want: credentials.Found{
			Name: "home", Region: "ap-home", Endpoint: "http://127.0.0.1:9000", Bucket: "b-1", Prefix: "p/",
			Credentials: cos.Credentials{
				SecretID: "home-id", SecretKey: "home-key", Token: "home-token", Source: "profile home",
			},
		},
	},
	"named profile before the environment": {
		env:    map[string]string{"COS_SECRET_ID": "i", "COS_SECRET_KEY": "k"},
		config: twoProfiles, profile: "public",
		want: credentials.Found{
			Name: "public", Region: "ap-public",
			Credentials: cos.Credentials{Source: "profile public (anonymous)"},
		},
	},
	"region and endpoint of the environment override": {
		env:    map[string]string{"COS_REGION": "ap-env", "COS_ENDPOINT": "http://env"},
		config: twoProfiles, profile: "public",
		want: credentials.Found{
			Name: "public", Region: "ap-env", Endpoint: "http://env",
			Credentials: cos.Credentials{Source: "profile public (anonymous)"},
		},
	},
	"the only profile": {
		config: "[profiles.a]\nsecret_id='i'\nsecret_key='k'",
		want: credentials.Found{
			Name: "a", Credentials: cos.Credentials{SecretID: "i", SecretKey: "k", Source: "profile a"},
		},
	},
}

func TestFind_TakesAllFromOneSource(t *testing.T) {
	t.Parallel()
	for name, tt := range sources {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, err := credentials.Find(environ(tt.env), writeConfig(t, tt.config, 0o600), tt.profile)
			require.NoError(t, err)
			assert.Equal(t, tt.want, got)
		})
	}
}

func TestFind_SaysWhatIsMissing(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		env     map[string]string
		config  string
		profile string
		want    []string
	}{
		"no key":            {env: map[string]string{"COS_SECRET_ID": "i"}, want: []string{"COS_SECRET_KEY is not"}},
		"no id":             {env: map[string]string{"TENCENTCLOUD_SECRET_KEY": "s3cret"}, want: []string{"TENCENTCLOUD_SECRET_ID is not"}},
		"pasted newline":    {env: map[string]string{"COS_SECRET_ID": "i", "COS_SECRET_KEY": "s3cret\n"}, want: []string{"COS_SECRET_KEY"}},
		"nothing":           {want: []string{"no credentials found"}},
		"half a profile":    {config: "[profiles.a]\nsecret_id='i'", want: []string{`"a"`, "secret_key is not"}},
		"empty profile":     {config: "[profiles.a]\nregion='r'", want: []string{`"a"`, "anonymous"}},
		"unknown profile":   {config: twoProfiles, profile: "x", want: []string{`no profile "x"`}},
		"default unknown":   {config: "profile='x'", want: []string{`no profile "x"`}},
		"several profiles":  {config: "[profiles.a]\nanonymous=true\n[profiles.b]\nanonymous=true", want: []string{"a, b"}},
		"unknown key":       {config: "[profiles.a]\nsecret_id='i'\nsecretkey='s3cret'", want: []string{"line 3", "secretkey"}},
		"unknown table":     {config: "[profiles.a]\nanonymous=true\n[profiles.a.x]\ny=1", want: []string{"profiles.a.x"}},
		"broken file":       {config: "[profiles.a]\nsecret_key = s3cret", want: []string{"line 2"}},
		"wrong type":        {config: "[profiles.a]\nsecret_id = 's3cret'\nregion = 5", want: []string{"config.toml"}},
		"anonymous and key": {config: "[profiles.a]\nanonymous=true\nsecret_key='s3cret'", want: []string{"anonymous"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := credentials.Find(environ(tt.env), writeConfig(t, tt.config, 0o600), tt.profile)
			require.Error(t, err)
			for _, want := range tt.want {
				assert.ErrorContains(t, err, want)
			}
			assert.NotContains(t, err.Error(), "s3cret")
		})
	}
}

func TestFind_NothingAnywhereIsErrNone(t *testing.T) {
	t.Parallel()
	_, err := credentials.Find(environ(nil), filepath.Join(t.TempDir(), "none.toml"), "")
	require.ErrorIs(t, err, credentials.ErrNone)
	require.ErrorIs(t, err, cos.ErrNoCredentials)
	assert.NotEmpty(t, cos.Hint(err))
}

func TestFind_WarnsOfAFileThatOthersCanRead(t *testing.T) {
	t.Parallel()
	if runtime.GOOS == "windows" {
		t.Skip("file modes say nothing there")
	}
	found, err := credentials.Find(environ(nil), writeConfig(t, twoProfiles, 0o644), "")
	require.NoError(t, err)
	require.Len(t, found.Warnings, 1)
	assert.Contains(t, found.Warnings[0], "chmod 600")
	assert.NotContains(t, found.Warnings[0], "home-key")
}
