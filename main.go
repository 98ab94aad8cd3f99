// Cosmander is a terminal file browser for Tencent Cloud COS: two panes, a
// queue of resumable transfers, and a local server to try it on.
package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"
	"golang.org/x/term"

	"cosmander/cos"
	"cosmander/cos/credentials"
	"cosmander/cos/emulator"
	"cosmander/cos/emulator/demo"
	"cosmander/cse"
	"cosmander/jobs"
	"cosmander/jobs/headless"
	"cosmander/jobs/settings"
	"cosmander/tui"
	"cosmander/views"
)

// version is set by the linker for a release.
var version = "dev"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	if err := rootCommand().ExecuteContext(ctx); err != nil {
		complain(err)
		stop()
		os.Exit(1)
	}
}

// complain prints an error as one line, unless what failed is on the screen
// already.
func complain(err error) {
	if !errors.Is(err, headless.ErrIncomplete) {
		fmt.Fprintln(os.Stderr, "cosmander: "+views.Safe(cos.WithHint(err)))
	}
}

// app holds the flags and the parts that are built from them.
type app struct {
	profile  string
	region   string
	endpoint string
	limit    string // bytes a second, for people
	key      string // for objects that name none
	demo     bool
	ascii    bool
	low      bool
	noMouse  bool
	demoData string

	transfers settings.Transfers
	keys      settings.Keys

	keysBroken error // why the keys could not be read

	account credentials.Found
	client  *cos.Client
}

func rootCommand() *cobra.Command {
	a := &app{}
	root := &cobra.Command{
		Use:   "cosmander [flags] [LOCAL_DIR] [cos://BUCKET-APPID/PREFIX]",
		Short: "a file browser for Tencent Cloud COS, with a queue of resumable transfers",
		Long: "Two panes, this machine and a bucket; F1 shows the keys.\n\n" +
			"Credentials come from COS_SECRET_ID and COS_SECRET_KEY (TENCENTCLOUD_… too) or a profile of\n" + configFile() + ".",
		Example: "  cosmander --demo\n  cosmander ~/photos cos://photos-1250000000/2026/",
		Args:    cobra.MaximumNArgs(2),
		RunE:    func(cmd *cobra.Command, args []string) error { return a.browse(cmd.Context(), args) },
		Version: version,

		SilenceUsage:  true,
		SilenceErrors: true,
	}
	flags := root.PersistentFlags()
	flags.StringVar(&a.profile, "profile", "", "profile of the configuration file")
	flags.StringVar(&a.region, "region", "", "region of the bucket, such as ap-guangzhou")
	flags.StringVar(&a.endpoint, "endpoint", "", "where to connect: a URL, {bucket} and {region} are filled in")
	flags.StringVar(&a.key, "key", "", "the key for encrypted objects that do not say which one they need")
	flags.StringVar(&a.limit, "limit", "", "hold all transfers together to so many bytes a second, such as 2MB; none is no limit")
	root.Flags().BoolVar(&a.ascii, "ascii", false, "draw without characters beyond ASCII; names are spelled out as \\u65c5")
	root.Flags().BoolVar(&a.low, "low-bandwidth", false, "draw less and less often, for a slow line")
	root.Flags().BoolVar(&a.noMouse, "no-mouse", false, "leave the mouse to the terminal")
	root.Flags().BoolVar(&a.demo, "demo", false, "browse sample data on a local server; needs no account")
	root.Flags().StringVar(&a.demoData, "demo-data", filepath.Join(stateDir(), "demo"), "folder that the demo keeps its data in")
	root.AddCommand(headless.Commands(a.headless)...)
	root.AddCommand(headless.JobsCommand(a.watching), serveCommand(), headless.KeyCommand(configFile(), views.Safe, os.Stdin))
	return root
}

func serveCommand() *cobra.Command {
	var (
		s      emulator.ServeConfig
		faults []string
	)
	cmd := &cobra.Command{
		Use: "serve", Short: "run the local COS server alone", Args: cobra.NoArgs,
		Long: "Run the local COS server alone. It accepts the key pair of COS_SECRET_ID and COS_SECRET_KEY\n" +
			"(default demo-secret-id and demo-secret-key) and prints its address as its first line.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			s.SecretID, s.SecretKey = servedKeys()
			for _, rule := range faults {
				fault, err := emulator.ParseFault(rule)
				if err != nil {
					return err
				}
				s.Faults = append(s.Faults, fault)
			}
			s.Ready = func(addr string) { fmt.Fprintf(cmd.OutOrStdout(), "listening on http://%s\n", addr) }
			return emulator.Serve(cmd.Context(), s)
		},
	}
	f := cmd.Flags()
	f.StringVar(&s.Listen, "listen", "127.0.0.1:0", "address and port; 0 picks a free one")
	f.StringVar(&s.Dir, "data", filepath.Join(stateDir(), "serve"), "folder that keeps the data")
	f.StringArrayVar(&s.Buckets, "bucket", []string{demo.Bucket}, "bucket to create if it is missing; may be repeated")
	f.IntVar(&s.Seed, "seed", 0, "put that many empty objects under many/ of the first bucket")
	f.DurationVar(&s.RestoreTime, "restore-time", emulator.DefaultRestoreTime, "how long restoring an archived object takes")
	f.BoolVar(&s.AllowRemote, "allow-remote", false, "listen on an address that other machines can reach")
	f.StringArrayVar(&faults, "fault", nil, "misbehave, for example latency=150ms or op=UploadPart,times=1,status=503; may be repeated")
	return cmd
}

// connect finds the account and builds the client.
func (a *app) connect() error {
	found, err := a.find()
	if err != nil {
		return err
	}
	return a.connectWith(found, found.Credentials)
}

func (a *app) find() (credentials.Found, error) {
	found, err := credentials.Find(os.Getenv, configFile(), a.profile)
	if err != nil {
		return found, err
	}
	for _, w := range found.Warnings {
		fmt.Fprintln(os.Stderr, "cosmander: "+w)
	}
	if a.region != "" {
		found.Region = a.region
	}
	if a.endpoint != "" {
		found.Endpoint = a.endpoint
	}
	return found, nil
}

func (a *app) connectWith(found credentials.Found, keys cos.Provider) (err error) {
	a.account = found
	a.client, err = cos.New(cos.Config{Endpoint: found.Endpoint, Region: found.Region, Credentials: keys})
	return err
}

// missing stands for the credentials that were not found: every request says
// why.
type missing struct{ why error }

func (m missing) Credentials(context.Context) (cos.Credentials, error) {
	return cos.Credentials{}, m.why
}

// accountID is what jobs of this account are filed under: whose, and where. A
// profile's keys and temporary ones are renewed while jobs wait, so they are
// no part of it; permanent ones of the environment tell two accounts apart.
func (a *app) accountID() string {
	id := a.account.Name + " " + a.account.Endpoint
	if keys := a.account.Credentials; a.account.Name == credentials.Environment && keys.Token == "" {
		id += fmt.Sprintf(" %x", sha256.Sum256([]byte(keys.SecretID)))[:17]
	}
	return id
}

func (a *app) openQueue(ctx context.Context, manual bool) (*jobs.Queue, error) {
	cfg := jobs.Config{
		Journal: journalFile(), Account: a.accountID(), Manual: manual, Patient: !manual, Keys: a.keys.Ring,
		Bucket: func(bucket, region string) (*cos.Bucket, error) { return a.client.Bucket(bucket, region), nil },
	}
	a.transfers.Apply(&cfg)
	if a.limit != "" {
		limit, err := jobs.ParseBandwidth(a.limit)
		if err != nil {
			return nil, fmt.Errorf("--limit: %w", err)
		}
		cfg.Bandwidth = limit
	}
	q, err := jobs.Open(ctx, cfg)
	if manual { // the panes have the terminal
		headless.WarnOfDamage(q, os.Stderr, views.Safe)
	}
	return q, err
}

func (a *app) headless(cmd *cobra.Command, run func(context.Context, *headless.Env) error) error {
	var err error
	if a.transfers, err = settings.Read(configFile()); err != nil {
		return err
	}
	if err := a.readKeys(); err != nil {
		return err
	}
	for _, w := range a.keys.Warnings {
		fmt.Fprintln(os.Stderr, "cosmander: "+views.Safe(w))
	}
	if err := a.connect(); err != nil {
		return err
	}
	return run(cmd.Context(), &headless.Env{
		Keys: a.keys.Ring, Encrypts: a.keys.For,
		Client: a.client, Account: a.accountID(), Region: a.account.Region,
		Open:  func(ctx context.Context) (*jobs.Queue, error) { return a.openQueue(ctx, true) },
		Stdin: os.Stdin, Stdout: headless.StreamTo(os.Stdout), Stderr: headless.StreamTo(os.Stderr),
		Show: views.Safe,
	})
}

// watching is for commands that need only the journal. Credentials tell which
// of its jobs are ours; without them those of no account are.
func (a *app) watching() (*headless.Env, error) {
	found, err := a.find()
	if err != nil && a.profile != "" {
		return nil, err
	}
	if a.account = found; err != nil {
		a.account = a.nobody()
	}
	return &headless.Env{
		Account: a.accountID(),
		Open: func(ctx context.Context) (*jobs.Queue, error) {
			q, err := jobs.Open(ctx, jobs.Config{Journal: journalFile(), Account: a.accountID(), Watch: true})
			headless.WarnOfDamage(q, os.Stderr, views.Safe)
			return q, err
		},
		Stdout: headless.StreamTo(os.Stdout), Stderr: headless.StreamTo(os.Stderr), Show: views.Safe,
	}, nil
}

// nobody is the account of panes that open without one.
func (a *app) nobody() credentials.Found {
	return credentials.Found{Name: "no account", Region: a.region, Endpoint: a.endpoint}
}

func (a *app) browse(ctx context.Context, args []string) error {
	local, remote, err := tui.ParseArguments(args)
	if err != nil {
		return err
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) || !term.IsTerminal(int(os.Stdout.Fd())) {
		return errors.New("the panes need a terminal; ls, cp, mv, cat, rm and jobs do not")
	}
	stop, notice := func() error { return nil }, ""
	if a.demo {
		stop, err = a.startDemo(ctx)
	} else if trouble := a.connect(); trouble != nil {
		// The panes open all the same: this machine's side works without.
		notice = cos.WithHint(trouble)
		err = a.connectWith(a.nobody(), missing{trouble})
	}
	if err != nil {
		return err
	}
	if trouble := a.configure(); trouble != nil && notice == "" {
		notice = trouble.Error() + " · until then the defaults count"
	}
	if a.keysBroken != nil && notice == "" {
		notice = a.keysBroken.Error() + " · until then nothing is uploaded"
	}
	if remote == nil {
		remote = &cos.URI{Bucket: a.account.Bucket, Key: a.account.Prefix}
	}
	queue, err := a.openQueue(ctx, false)
	if err != nil {
		return errors.Join(err, stop())
	}
	notice = cmp.Or(headless.Damage(queue), notice, strings.Join(a.keys.Warnings, " · "))
	err = tui.Run(ctx, tui.Deps{
		Keys: defaultKeys(), Queue: queue, Buckets: a.client,
		Stored: func(name, region string) tui.Store { return a.client.Bucket(name, region) }, Encryption: a.encryption(),
		Bucket: func(name, region string) tui.Store {
			return jobs.Revealed{Bucket: a.client.Bucket(name, region), Keys: a.keys.Ring}
		},
		Edit: func(name, region string) tui.Editable {
			return jobs.Revealed{Bucket: a.client.Bucket(name, region), Keys: a.keys.Ring}
		},
		Inspect:    func(name, region string) tui.Inspector { return a.client.Bucket(name, region) },
		Select:     func(name, region string) tui.Selector { return a.client.Bucket(name, region) },
		Link:       func(name, region string) tui.Linker { return a.client.Bucket(name, region) },
		MakeBucket: a.client,
		Contents:   func(name, region string) tui.Contents { return a.client.Bucket(name, region) },
		Uploads:    func(name, region string) tui.Uploading { return a.client.Bucket(name, region) },
		Versions:   func(name, region string) tui.Versioned { return a.client.Bucket(name, region) },
		Account:    a.account.Name, AccountID: a.accountID(), Region: a.account.Region,
		LocalDir: local, Remote: *remote, Home: xdg.Home, Watch: tui.WatchFolder, PlacesFile: filepath.Join(stateDir(), "places.toml"),
		Notice: notice, ASCII: a.ascii, LowBandwidth: a.low, NoMouse: a.noMouse, Explain: cos.WithHint,
	})
	return errors.Join(err, queue.Close(), stop())
}

// readKeys reads which keys there are. A key that is asked for by name has to be
// one of them.
func (a *app) readKeys() (err error) {
	if a.keys, err = settings.ReadKeys(configFile(), settings.FindPassphrase); err != nil || a.key == "" {
		return err
	}
	if !slices.Contains(a.keys.Ring.Names(), a.key) {
		return fmt.Errorf("--key %s: %w", a.key, cse.ErrNoKey)
	}
	a.keys.Ring.Prefer(a.key)
	return nil
}

// configure takes what the configuration says about the panes and their
// transfers. The error is the first mistake in it; what is without one counts.
func (a *app) configure() error {
	var wrong error
	a.transfers, wrong = settings.Read(configFile())
	t, err := settings.ReadTerminal(configFile())
	a.noMouse = a.noMouse || t.NoMouse
	a.keysBroken = a.readKeys()
	return cmp.Or(wrong, err)
}

// encryption is what the panes know of the keys. While the configuration has a
// mistake there nothing is uploaded: it might go in the clear.
func (a *app) encryption() tui.Encryption {
	return tui.Encryption{
		Keys: a.keys.Ring.Names(), Unasked: a.keys.For, Broken: a.keysBroken,
		Key: func(head *cos.Head) string {
			if secret, err := jobs.Unseal(a.keys.Ring, head); err == nil && secret != nil {
				return secret.Key
			}
			return ""
		},
	}
}

// startDemo serves the sample data on a free port of this machine and makes
// the app a client of it. The function returned ends the server.
func (a *app) startDemo(ctx context.Context) (stop func() error, err error) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	ready, ended := make(chan string, 1), make(chan error, 1)
	keys := cos.Credentials{SecretID: demoID, SecretKey: demoKey, Source: "the demo"}
	go func() {
		ended <- emulator.Serve(ctx, emulator.ServeConfig{
			Config: emulator.Config{Dir: a.demoData, SecretID: keys.SecretID, SecretKey: keys.SecretKey, Buckets: []string{demo.Bucket}},
			Listen: "127.0.0.1:0", Prepare: demo.Fill,
			Ready: func(addr string) { ready <- addr },
		})
	}()
	select {
	case err := <-ended:
		cancel()
		if errors.Is(err, emulator.ErrInUse) {
			return nil, fmt.Errorf("%w · the demo runs already: quit it, or give this one a folder with --demo-data", err)
		}
		return nil, fmt.Errorf("start the demo: %w", err)
	case addr := <-ready:
		err := a.connectWith(credentials.Found{Name: "demo", Region: emulator.DefaultRegion, Bucket: demo.Bucket, Endpoint: "http://" + addr}, keys)
		a.account.Endpoint = a.demoData // the port is another one each time, the jobs' account is not
		return func() error { cancel(); return <-ended }, err
	}
}

func configFile() string  { return filepath.Join(xdg.ConfigHome, "cosmander", "config.toml") }
func journalFile() string { return filepath.Join(stateDir(), "jobs.db") }
func stateDir() string    { return filepath.Join(xdg.StateHome, "cosmander") }

// servedKeys is the key pair that the local server accepts.
func servedKeys() (id, key string) {
	id, key = os.Getenv("COS_SECRET_ID"), os.Getenv("COS_SECRET_KEY")
	if id == "" && key == "" {
		return demoID, demoKey
	}
	return id, key
}

// The key pair of the demo and of a server that was given none. It guards
// nothing: both listen on this machine alone.
const demoID, demoKey = "demo-secret-id", "demo-secret-key"
