package headless

import (
	"context"

	"github.com/spf13/cobra"

	"cosmander/jobs"
)

// JobsCommand returns jobs with its subcommands. open is called when one of
// them runs.
func JobsCommand(open func() (*Env, error)) *cobra.Command {
	var o JobsOptions
	command := func(use, short string, args cobra.PositionalArgs, do func(context.Context, *Env, []string) error) *cobra.Command {
		cmd := &cobra.Command{Use: use, Short: short, Args: args}
		cmd.RunE = func(cmd *cobra.Command, args []string) error {
			env, err := open()
			if err != nil {
				return err
			}
			return do(cmd.Context(), env, args)
		}
		cmd.Flags().BoolVar(&o.JSON, "json", false, "one JSON object a line")
		return cmd
	}
	list := func(ctx context.Context, env *Env, _ []string) error { return env.Jobs(ctx, o) }
	root := command("jobs", "list and control the jobs of the journal", cobra.NoArgs, list)
	root.Long = "List and control the jobs of the journal. None is run here: what is asked for is done by\n" +
		"the cosmander that runs the queue or, if there is none, by the next one of the job's account."
	root.AddCommand(command("list", "list all jobs, as jobs alone does", cobra.NoArgs, list))
	show := command("show ID", "one job and its items, those that failed first", cobra.ExactArgs(1),
		func(ctx context.Context, env *Env, args []string) error { return env.ShowJob(ctx, args[0], o) })
	show.Flags().BoolVar(&o.Failed, "failed", false, "only items that failed")
	receipts := command("receipts ID", "what was stored of each finished item, as CSV", cobra.ExactArgs(1),
		func(ctx context.Context, env *Env, args []string) error {
			return env.Receipts(ctx, args[0], o)
		})
	receipts.Flags().BoolVar(&o.CSV, "csv", false, "comma-separated with a head line; the default")
	receipts.MarkFlagsMutuallyExclusive("csv", "json")
	root.AddCommand(show, receipts)
	for _, verb := range [][2]string{
		{"pause", "stop jobs and keep what they have"},
		{"resume", "let jobs go on"},
		{"cancel", "end jobs and remove what they have left behind"},
		{"retry", "queue again what failed of jobs"},
		{"clear", "forget jobs that are done or cancelled, and their receipts"},
		{"next", "let jobs go before all others"},
		{"up", "put jobs before the one ahead of them"},
		{"down", "put jobs behind the one after them"},
	} {
		use := verb[0] + " ID..."
		if actions()[verb[0]].applies != nil {
			use += "|all"
		}
		root.AddCommand(command(use, verb[1], cobra.MinimumNArgs(1),
			func(ctx context.Context, env *Env, args []string) error {
				return env.Control(ctx, verb[0], args, o)
			}))
	}
	root.AddCommand(
		command("priority high|normal|low ID...|all", "let jobs go before those of a lower priority", cobra.MinimumNArgs(2),
			func(ctx context.Context, env *Env, args []string) error {
				return env.Prioritise(ctx, args[0], args[1:], o)
			}),
		command("answer ID CHOICE [ITEM...]", "say what is done about what exists at a job's destinations: "+oneOf(jobs.Answers()), cobra.MinimumNArgs(2),
			func(ctx context.Context, env *Env, args []string) error {
				return env.Answer(ctx, args[0], args[1], args[2:], o)
			}),
	)
	return root
}
