package cos

import (
	"errors"
	"net/http"
)

// Throttled reports that the service refused because too many requests came at
// once (SlowDown, or status 429): the same ones, fewer at a time, will do. Such
// an error is also [Retryable].
func Throttled(err error) bool {
	var api *Error
	return errors.As(err, &api) && (api.Code == "SlowDown" || api.Code == "" && api.Status == http.StatusTooManyRequests)
}
