package interop

import (
	"context"
	"net/http"
	"time"

	sdk "github.com/tencentyun/cos-go-sdk-v5"

	"cosmander/cos"
)

// The conditions that hold of the usual object.
var (
	wireLongAgo    = time.Date(2015, time.October, 21, 7, 28, 0, 0, time.UTC)
	wireInTime     = time.Date(2037, time.October, 21, 7, 28, 0, 0, time.UTC)
	wireConditions = cos.Conditions{
		IfMatch: wireETag, IfNoneMatch: partETag, IfModifiedSince: wireLongAgo, IfUnmodifiedSince: wireInTime,
	}
)

// sdkConditions are wireConditions without If-Modified-Since, the only one that
// the SDK has a field for.
func sdkConditions() *http.Header {
	return &http.Header{
		"If-Match": {`"` + wireETag + `"`}, "If-None-Match": {`"` + partETag + `"`},
		"If-Unmodified-Since": {wireInTime.Format(http.TimeFormat)},
	}
}

var wireReads = map[string]operation{
	"Head": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError(c.Object.Head(ctx, wireKey, nil))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Head(ctx, wireKey, cos.GetOptions{}))
		},
	},
	"Head, version and conditions": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return onlyError(c.Object.Head(ctx, wireKey, &sdk.ObjectHeadOptions{
				IfModifiedSince: wireLongAgo.Format(http.TimeFormat), XOptionHeader: sdkConditions(),
			}, "null"))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return onlyError(b.Head(ctx, wireKey, cos.GetOptions{VersionID: "null", Conditions: wireConditions}))
		},
		prepare: versioned,
	},
	"Get": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return closed(c.Object.Get(ctx, wireKey, nil))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return oursClosed(b.Get(ctx, wireKey, cos.GetOptions{}))
		},
	},
	"Get, range and conditions": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return closed(c.Object.Get(ctx, wireKey, &sdk.ObjectGetOptions{
				Range: "bytes=2-4", IfModifiedSince: wireLongAgo.Format(http.TimeFormat), XOptionHeader: sdkConditions(),
				XCosTrafficLimit: wireLimit,
			}))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return oursClosed(b.Get(ctx, wireKey, cos.GetOptions{
				Range: &cos.ByteRange{Offset: 2, Length: 3}, Conditions: wireConditions, TrafficLimit: wireLimit,
			}))
		},
	},
	"Get, version and overrides": {
		sdk: func(ctx context.Context, c *sdk.Client, _ string) error {
			return closed(c.Object.Get(ctx, wireKey, &sdk.ObjectGetOptions{
				Range:               "bytes=2-",
				ResponseContentType: "text/x-wire; a=b", ResponseContentLanguage: "zh-CN", ResponseExpires: wireExpires,
				ResponseCacheControl: "no-cache", ResponseContentDisposition: `attachment; filename="中 &+.txt"`,
				ResponseContentEncoding: "identity",
			}, "null"))
		},
		ours: func(ctx context.Context, b *cos.Bucket, _ string) error {
			return oursClosed(b.Get(ctx, wireKey, cos.GetOptions{
				Range: &cos.ByteRange{Offset: 2, Length: -1}, VersionID: "null",
				Response: cos.ResponseHeaders{
					ContentType: "text/x-wire; a=b", ContentLanguage: "zh-CN", Expires: wireExpires,
					CacheControl: "no-cache", ContentDisposition: `attachment; filename="中 &+.txt"`,
					ContentEncoding: "identity",
				},
			}))
		},
		prepare: versioned,
	},
}
