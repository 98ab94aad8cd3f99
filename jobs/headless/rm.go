package headless

import (
	"bufio"
	"context"
	"fmt"
	"strings"

	"cosmander/cos"
	"cosmander/jobs"
)

// RmOptions are the flags of rm.
type RmOptions struct {
	Recursive bool
	Yes       bool // do not ask before a whole bucket is emptied
}

// Rm deletes an object, or with o.Recursive everything below the address
// taken as a folder. An object that is not there is an error, because the
// service calls deleting nothing a success. Emptying a whole bucket is asked
// for on a terminal.
func (e *Env) Rm(ctx context.Context, arg string, o RmOptions) error {
	u, err := cos.ParseURI(arg)
	if err != nil {
		return err
	}
	from := jobs.Source{Place: e.place(u)}
	switch {
	case o.Recursive:
		from.Folder = true
		from.Key = asPrefix(u.Key)
	case u.Key == "":
		return fmt.Errorf("%s is a bucket: -r deletes everything in it", arg)
	default:
	}
	if from.Folder && from.Key == "" && e.Stderr.Terminal && !o.Yes && !e.confirmed(u.Bucket) {
		return fmt.Errorf("%s: nothing was deleted", arg)
	}
	spec, err := e.located(ctx, e.spec(jobs.Delete, from, jobs.Place{}))
	if err != nil {
		return err
	}
	if !o.Recursive {
		if _, err := e.Client.Bucket(u.Bucket, spec.Sources[0].Region).Head(ctx, u.Key, cos.GetOptions{}); err != nil {
			return err
		}
	}
	return e.run(ctx, spec, false)
}

// confirmed asks for the name of the bucket that is about to be emptied.
func (e *Env) confirmed(bucket string) bool {
	fmt.Fprintf(e.Stderr, "This deletes every object of %s and cannot be undone.\nType the bucket's name to go on: ", bucket)
	line, err := bufio.NewReader(e.Stdin).ReadString('\n')
	return err == nil && strings.TrimSpace(line) == bucket
}
