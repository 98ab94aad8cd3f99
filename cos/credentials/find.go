// Package credentials finds the key pair to work with: in the Environment,
// else in a profile of config.toml. Id, key and token always come from one
// source. No function of this package puts a secret into an error.
package credentials

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"cosmander/cos"
)

// ErrNone is returned by [Find] when neither the environment nor the
// configuration names credentials. It is a [cos.ErrNoCredentials].
var ErrNone = fmt.Errorf("%w found", cos.ErrNoCredentials)

// Found is an account that can be used.
type Found struct {
	// Name is how the account is called in jobs and on screen: the profile's
	// name, or "environment".
	Name        string
	Credentials cos.Credentials // zero but for Source if the profile is anonymous
	Region      string          // may be empty
	Endpoint    string          // may be empty
	Bucket      string          // to open first; may be empty
	Prefix      string          // within Bucket
	Warnings    []string        // for people, one line each
}

// Environment is the [Found.Name] of credentials from the environment.
const Environment = "environment"

// A family is a set of variables that belong together.
type family struct {
	name   string
	id     string
	key    string
	tokens []string // the first that is set counts
	region string
}

var families = []family{
	{"COS_*", "COS_SECRET_ID", "COS_SECRET_KEY", []string{"COS_SESSION_TOKEN"}, "COS_REGION"},
	{
		"TENCENTCLOUD_*", "TENCENTCLOUD_SECRET_ID", "TENCENTCLOUD_SECRET_KEY",
		[]string{"TENCENTCLOUD_TOKEN", "TENCENTCLOUD_SECURITY_TOKEN"},
		"TENCENTCLOUD_REGION",
	},
}

// Find looks for an account. A profile that is named is used; else the
// environment counts, the COS_* variables before the TENCENTCLOUD_* ones; else
// the profile that the top-level "profile" of the file at configPath names, or
// the only one there is. Half a pair is an error that says what is missing,
// and so is an unreadable or malformed file; a missing file is none.
// COS_REGION and COS_ENDPOINT override what a profile says. env is asked for
// variables as os.Getenv is.
func Find(env func(string) string, configPath, profile string) (Found, error) {
	if profile == "" {
		found, ok, err := fromEnvironment(env)
		if ok || err != nil {
			return found, err
		}
	}
	found, err := fromFile(configPath, profile)
	if err != nil {
		return Found{}, err
	}
	if region := env("COS_REGION"); region != "" {
		found.Region = region
	}
	if endpoint := env("COS_ENDPOINT"); endpoint != "" {
		found.Endpoint = endpoint
	}
	return found, nil
}

func fromEnvironment(env func(string) string) (found Found, ok bool, err error) {
	for _, f := range families {
		id, key := env(f.id), env(f.key)
		if id == "" && key == "" {
			continue
		}
		if err := wholePair(id, key, f.id, f.key); err != nil {
			return Found{}, false, fmt.Errorf("credentials in the environment: %w", err)
		}
		c := cos.Credentials{SecretID: id, SecretKey: key, Source: Environment + " (" + f.name + ")"}
		for _, name := range f.tokens {
			if c.Token == "" {
				c.Token = env(name)
			}
		}
		region := env(f.region)
		if region == "" {
			region = anyRegion(env)
		}
		return Found{Name: Environment, Credentials: c, Region: region, Endpoint: env("COS_ENDPOINT")}, true, nil
	}
	return Found{}, false, nil
}

// anyRegion lets a region stand in another family than the keys: it is no
// secret and belongs to no key pair.
func anyRegion(env func(string) string) string {
	for _, f := range families {
		if region := env(f.region); region != "" {
			return region
		}
	}
	return ""
}

// wholePair checks that both halves are there and are fit for a header line.
func wholePair(id, key, idName, keyName string) error {
	switch {
	case id == "":
		return fmt.Errorf("%w: %s is set but %s is not", cos.ErrNoCredentials, keyName, idName)
	case key == "":
		return fmt.Errorf("%w: %s is set but %s is not", cos.ErrNoCredentials, idName, keyName)
	case strings.ContainsFunc(id, notVisible):
		return fmt.Errorf("%w: %s holds a space or a character that cannot be in a secret id",
			cos.ErrNoCredentials, idName)
	case strings.ContainsFunc(key, notVisible):
		return fmt.Errorf("%w: %s holds a space or a character that cannot be in a secret key",
			cos.ErrNoCredentials, keyName)
	}
	return nil
}

func notVisible(r rune) bool { return r <= ' ' || r >= 0x7f }

func fromFile(path, profile string) (Found, error) {
	cfg, err := readConfig(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && profile == "":
		return Found{}, ErrNone
	case errors.Is(err, fs.ErrNotExist):
		return Found{}, fmt.Errorf("%w: profile %q: there is no %s", cos.ErrNoCredentials, profile, path)
	case err != nil:
		return Found{}, err
	}
	if profile == "" {
		if profile = cfg.defaultProfile(); profile == "" {
			return Found{}, cfg.none()
		}
	}
	p, ok := cfg.Profiles[profile]
	if !ok {
		return Found{}, fmt.Errorf("%w: %s has no profile %q", cos.ErrNoCredentials, path, profile)
	}
	c, err := p.credentials(profile)
	if err != nil {
		return Found{}, fmt.Errorf("%s: %w", path, err)
	}
	return Found{
		Name: profile, Credentials: c, Region: p.Region, Endpoint: p.Endpoint,
		Bucket: p.Bucket, Prefix: p.Prefix, Warnings: cfg.warnings,
	}, nil
}
