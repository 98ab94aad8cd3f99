package headless

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"cosmander/jobs"
)

// opener opens what a command works on and calls it.
type opener func(cmd *cobra.Command, do func(context.Context, *Env) error) error

// Commands returns ls, cp, mv, cat and rm. open is called when one of them
// runs, and calls do with what it works on.
func Commands(open func(cmd *cobra.Command, do func(context.Context, *Env) error) error) []*cobra.Command {
	r := opener(open)
	return []*cobra.Command{r.lsCommand(), r.cpCommand(), r.mvCommand(), r.catCommand(), r.rmCommand()}
}

func (r opener) lsCommand() *cobra.Command {
	var o LsOptions
	cmd := &cobra.Command{
		Use: "ls cos://BUCKET-APPID/PREFIX", Short: "list objects", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r(cmd, func(ctx context.Context, env *Env) error { return env.Ls(ctx, args[0], o) })
		},
	}
	cmd.Flags().BoolVarP(&o.Long, "long", "l", false, "size, class and time too")
	cmd.Flags().BoolVarP(&o.Recursive, "recursive", "r", false, "everything below, not one level")
	cmd.Flags().BoolVar(&o.JSON, "json", false, "one JSON object a line")
	return cmd
}

func (r opener) cpCommand() *cobra.Command {
	var o CpOptions
	cmd := &cobra.Command{
		Use: "cp SRC DST", Short: "upload, download or copy between buckets; run it again to go on where it was interrupted",
		Long: "Upload, download, or copy inside the service, verified by CRC64. At least one of SRC\nand DST is a cos:// address.\n\n" +
			"A folder keeps its name below a DST that ends in /, unless SRC ends in / too;\n" +
			"otherwise its content goes to DST. The same command started again continues what\n" +
			"an interrupted one left. The exit status is 0 only if everything succeeded and was verified.",
		Example: "  cosmander cp -r photos cos://photos-1250000000/2026/\n  cosmander cp cos://photos-1250000000/2026/cover.jpg .",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r(cmd, func(ctx context.Context, env *Env) error { return env.Cp(ctx, args[0], args[1], o) })
		},
	}
	cmd.Flags().BoolVarP(&o.Recursive, "recursive", "r", false, "copy folders with all they hold")
	cmd.Flags().BoolVarP(&o.Follow, "follow", "L", false, "follow the links in a folder that is uploaded; else they are skipped")
	copyFlags(cmd, &o)
	return cmd
}

func (r opener) mvCommand() *cobra.Command {
	var o CpOptions
	cmd := &cobra.Command{
		Use: "mv SRC DST", Short: "move or rename; run it again to go on where it was interrupted",
		Long: "Move or rename: copy as cp does, then remove each source whose copy was verified and\n" +
			"that has not changed since. At least one of SRC and DST is a cos:// address.",
		Example: "  cosmander mv cos://photos-1250000000/a.jpg cos://photos-1250000000/b.jpg\n  cosmander mv -r scans cos://photos-1250000000/2026/",
		Args:    cobra.ExactArgs(2),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r(cmd, func(ctx context.Context, env *Env) error { return env.Mv(ctx, args[0], args[1], o) })
		},
	}
	cmd.Flags().BoolVarP(&o.Recursive, "recursive", "r", false, "move folders with all they hold")
	copyFlags(cmd, &o)
	return cmd
}

// copyFlags are those that cp and mv share.
func copyFlags(cmd *cobra.Command, o *CpOptions) {
	cmd.Flags().BoolVar(&o.JSON, "json", false, "one JSON object per event")
	var answers []string
	for _, c := range jobs.Conflicts() {
		answers = append(answers, string(c))
	}
	cmd.Flags().StringVar(&o.Restore, "restore", "", "of a download: restore what is archived, wait for it and go on: expedited, standard or bulk,\nand for how many days the copy is kept, as in standard,7")
	cmd.Flags().StringVar(&o.Encrypt, "encrypt", "", "encrypt an upload with this key of the configuration before it leaves the machine")
	cmd.Flags().BoolVar(&o.Plain, "plain", false, "upload in the clear also where the configuration encrypts")
	cmd.Flags().StringVar(&o.OnConflict, "on-conflict", answers[0], "what happens to a destination that exists: "+strings.Join(answers, ", "))
}

func (r opener) catCommand() *cobra.Command {
	return &cobra.Command{
		Use: "cat cos://BUCKET-APPID/KEY", Short: "write an object to standard output", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r(cmd, func(ctx context.Context, env *Env) error { return env.Cat(ctx, args[0]) })
		},
	}
}

func (r opener) rmCommand() *cobra.Command {
	var o RmOptions
	cmd := &cobra.Command{
		Use: "rm cos://BUCKET-APPID/KEY", Short: "delete objects", Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r(cmd, func(ctx context.Context, env *Env) error { return env.Rm(ctx, args[0], o) })
		},
	}
	cmd.Flags().BoolVarP(&o.Recursive, "recursive", "r", false, "everything below the address, taken as a folder")
	cmd.Flags().BoolVarP(&o.Yes, "yes", "y", false, "empty a whole bucket without asking")
	return cmd
}
