package headless

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"cosmander/cse"
	"cosmander/jobs/settings"
)

// Recommended sizes of new keys.
const (
	recommendedBits = 3072
	aesWarning      = "Objects under one AES key are wrapped with one keystream: whoever learns the data key\nof one object learns all of them. An RSA key has no such weakness."
)

// KeyCommand returns the command key, which works on the keys of the
// configuration at path. show makes text safe to print; a passphrase is read from
// in, without echo if that is a terminal.
func KeyCommand(path string, show func(string) string, in *os.File) *cobra.Command {
	k := keys{path, show, in}
	cmd := &cobra.Command{
		Use: "key", Short: "make and look at the keys for client-side encryption",
		Long: "Keys encrypt objects before they leave this machine. A key that is lost takes all it has\nencrypted with it: keep a copy of its files somewhere else.",
	}
	cmd.AddCommand(k.newCommand(), k.showCommand(), k.fingerprintCommand(), k.passphraseCommand())
	return cmd
}

type keys struct {
	path string
	show func(string) string
	in   *os.File
}

func (k keys) newCommand() *cobra.Command {
	var aes bool
	var bits int
	cmd := &cobra.Command{
		Use: "new NAME", Short: "make a key and add it to the configuration", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if aes {
				bits = 0
			}
			files, err := settings.NewKey(k.path, args[0], bits)
			out := cmd.OutOrStdout()
			for _, f := range files {
				fmt.Fprintln(out, "made "+k.show(f))
			}
			if err != nil {
				return err
			}
			fmt.Fprintf(out, "added [keys.%s] to %s\n", args[0], k.show(k.path))
			if aes {
				fmt.Fprintln(out, aesWarning)
			}
			fmt.Fprintf(out, "Keep a copy of these files somewhere else: without them nobody can read what they encrypt.\nUse it: cosmander cp --encrypt %s FILE cos://BUCKET-APPID/\n", args[0])
			return nil
		},
	}
	cmd.Flags().BoolVar(&aes, "aes", false, "an AES key of 256 bits instead of an RSA pair")
	cmd.Flags().IntVar(&bits, "bits", recommendedBits, "size of the RSA pair, 2048 to 4096")
	return cmd
}

func (k keys) showCommand() *cobra.Command {
	return &cobra.Command{
		Use: "show [NAME]", Short: "say what a key is, or list all", Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := k.read(cmd)
			if err != nil {
				return err
			}
			names := found.Ring.Names()
			if len(args) > 0 {
				names = args
			}
			var wrong error
			for _, name := range names {
				key, err := found.Ring.Key(name)
				if err != nil {
					wrong = errors.Join(wrong, err)
					continue
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%s\t%s\t%s\n", name, key.KID(), cse.Describe(key))
			}
			return wrong
		},
	}
}

func (k keys) fingerprintCommand() *cobra.Command {
	return &cobra.Command{
		Use: "fingerprint NAME", Short: "print a key's fingerprint, which objects name their key by", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			found, err := k.read(cmd)
			if err != nil {
				return err
			}
			key, err := found.Ring.Key(args[0])
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), key.KID())
			return nil
		},
	}
}

func (k keys) passphraseCommand() *cobra.Command {
	return &cobra.Command{
		Use: "passphrase NAME", Short: "store the passphrase of a protected key in the system's keyring", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			phrase, err := readHidden(k.in, cmd.ErrOrStderr(), "Passphrase of "+args[0]+": ")
			if err != nil {
				return err
			}
			defer clear(phrase)
			found, err := settings.ReadKeys(k.path, func(string) ([]byte, error) { return bytes.Clone(phrase), nil })
			if err != nil {
				return err
			}
			if _, err := found.Ring.Key(args[0]); err != nil { // it does not fit
				return err
			}
			return settings.StorePassphrase(args[0], phrase)
		},
	}
}

func (k keys) read(cmd *cobra.Command) (settings.Keys, error) {
	found, err := settings.ReadKeys(k.path, settings.FindPassphrase)
	for _, w := range found.Warnings {
		fmt.Fprintln(cmd.ErrOrStderr(), "cosmander: "+k.show(w))
	}
	return found, err
}

// readHidden reads one line, without echo if in is a terminal.
func readHidden(in *os.File, out io.Writer, prompt string) ([]byte, error) {
	if term.IsTerminal(int(in.Fd())) {
		fmt.Fprint(out, prompt)
		defer fmt.Fprintln(out)
		return term.ReadPassword(int(in.Fd()))
	}
	line, err := bufio.NewReader(in).ReadBytes('\n')
	if len(line) > 0 && errors.Is(err, io.EOF) {
		err = nil
	}
	return bytes.TrimRight(line, "\r\n"), err
}
