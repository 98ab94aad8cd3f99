package cos

import (
	"context"
	"fmt"
	"net/http"
	"strings"
)

// MaxBucketHost is how many characters NAME-APPID.cos.REGION.myqcloud.com may
// have (API documents 436/13312).
const MaxBucketHost = 60

// CheckNewBucket reports whether the service takes name, with its APPID, as
// that of a new bucket in a region; the error wraps [ErrInvalidBucket] and says
// why not.
func CheckNewBucket(name, region string) error {
	wrong := func(why string, args ...any) error {
		return fmt.Errorf("%w: "+why, append([]any{ErrInvalidBucket}, args...)...)
	}
	short, appid, ok := cutLast(name, "-")
	digits := ok && appid != "" && strings.Trim(appid, "0123456789") == ""
	host := len(name) + len(".cos.") + len(region) + len("."+bucketDomain)
	switch {
	case name == "":
		return wrong("it has no name")
	case strings.ContainsFunc(name, func(r rune) bool { return r >= 'A' && r <= 'Z' }):
		return wrong("capital letters are not allowed")
	case strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789-") != "":
		return wrong("only lower case letters, digits and hyphens are allowed")
	case strings.HasPrefix(name, "-"):
		return wrong("it begins with a hyphen")
	case !digits || short == "":
		return wrong("it does not end in -APPID, as example-1250000000 does")
	case strings.HasSuffix(short, "-"):
		return wrong("it has a hyphen too many before the APPID")
	case host > MaxBucketHost:
		return wrong("in %s its host name would have %d characters, and %d are allowed", region, host, MaxBucketHost)
	}
	return checkRegion(region)
}

// CreateBucketIn is [Client.CreateBucket] in a region. Nobody but the account
// can read the new bucket. A name that [CheckNewBucket] refuses is not sent.
func (c *Client) CreateBucketIn(ctx context.Context, name, region string) error {
	if err := CheckNewBucket(name, region); err != nil {
		return fmt.Errorf("CreateBucket: %w", err)
	}
	return c.finished(ctx, c.Bucket(name, region).onBucket("CreateBucket", http.MethodPut))
}
