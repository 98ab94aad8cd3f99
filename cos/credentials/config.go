package credentials

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"cosmander/cos"
)

// A config is the part of config.toml that this package owns. Other top-level
// keys belong to others and are left alone.
type config struct {
	Profile  string             `toml:"profile"`
	Profiles map[string]profile `toml:"profiles"`

	path     string
	warnings []string
}

type profile struct {
	SecretID  string `toml:"secret_id"`
	SecretKey string `toml:"secret_key"`
	Token     string `toml:"token"`
	Region    string `toml:"region"`
	Endpoint  string `toml:"endpoint"`
	Bucket    string `toml:"bucket"`
	Prefix    string `toml:"prefix"`
	Anonymous bool   `toml:"anonymous"`
}

func readConfig(path string) (*config, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("read the configuration: %w", err)
	}
	cfg := &config{path: path}
	meta, err := toml.Decode(string(text), cfg)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, withoutText(err))
	}
	for _, key := range meta.Undecoded() {
		if key[0] == "profiles" {
			return nil, fmt.Errorf("%s, line %d: unknown key %s", path, lineOf(text, key), key)
		}
	}
	if info, err := os.Stat(path); err == nil && runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 && cfg.secret() {
		cfg.warnings = append(cfg.warnings,
			fmt.Sprintf("%s holds a secret key and can be read by others: chmod 600 it", path))
	}
	return cfg, nil
}

// withoutText drops what a TOML error quotes of the file, which may be a
// secret, and keeps the line.
func withoutText(err error) error {
	var parse toml.ParseError
	if !errors.As(err, &parse) {
		return errors.New("it does not have the form of a configuration")
	}
	if parse.LastKey == "" {
		return fmt.Errorf("line %d is not TOML", parse.Position.Line)
	}
	return fmt.Errorf("line %d is not right (last key %s)", parse.Position.Line, parse.LastKey)
}

// lineOf finds the line of a key, which the decoder does not tell: the first
// line that assigns it behind the header of its table.
func lineOf(text []byte, key toml.Key) int {
	inside := false
	header := "[" + key[:len(key)-1].String() + "]"
	table := "[" + key.String() + "]"
	last := 1
	for i, raw := range bytes.Split(text, []byte("\n")) {
		line := strings.TrimSpace(string(raw))
		if strings.HasPrefix(line, "[") {
			inside = strings.HasPrefix(line, header)
			if strings.HasPrefix(line, table) {
				return i + 1
			}
			if inside {
				last = i + 1
			}
			continue
		}
		name, _, assigned := strings.Cut(line, "=")
		if inside && assigned && strings.Trim(strings.TrimSpace(name), `"'`) == key[len(key)-1] {
			return i + 1
		}
	}
	return last
}

func (c *config) secret() bool {
	for _, p := range c.Profiles {
		if p.SecretKey != "" {
			return true
		}
	}
	return false
}

// defaultProfile is the one that is named, else the only one.
func (c *config) defaultProfile() string {
	if c.Profile != "" || len(c.Profiles) != 1 {
		return c.Profile
	}
	return slices.Collect(maps.Keys(c.Profiles))[0]
}

func (c *config) none() error {
	if len(c.Profiles) == 0 {
		return ErrNone
	}
	names := slices.Sorted(maps.Keys(c.Profiles))
	return fmt.Errorf(`%w: %s has several profiles: choose one of %s, or set profile = "NAME" there`,
		cos.ErrNoCredentials, c.path, strings.Join(names, ", "))
}

func (p profile) credentials(name string) (cos.Credentials, error) {
	source := "profile " + name
	if p.Anonymous {
		if p.SecretID != "" || p.SecretKey != "" || p.Token != "" {
			return cos.Credentials{}, fmt.Errorf("profile %q is anonymous and holds keys: remove one of them", name)
		}
		return cos.Credentials{Source: source + " (anonymous)"}, nil
	}
	if p.SecretID == "" && p.SecretKey == "" {
		return cos.Credentials{}, fmt.Errorf("%w: profile %q has no secret_id and no secret_key (nor anonymous = true)",
			cos.ErrNoCredentials, name)
	}
	if err := wholePair(p.SecretID, p.SecretKey, "secret_id", "secret_key"); err != nil {
		return cos.Credentials{}, fmt.Errorf("profile %q: %w", name, err)
	}
	return cos.Credentials{SecretID: p.SecretID, SecretKey: p.SecretKey, Token: p.Token, Source: source}, nil
}
