package cos_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"cosmander/cos"
)

func TestThrottled_IsSlowDownAnd429(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		err  error
		want bool
	}{
		{&cos.Error{Status: 503, Code: "SlowDown"}, true},
		{fmt.Errorf("put: %w", &cos.Error{Status: 429}), true},
		{&cos.Error{Status: 503, Code: "ServiceUnavailable"}, false},
		{&cos.Error{Status: 429, Code: "AccessDenied"}, false},
		{errors.New("SlowDown"), false},
		{nil, false},
	} {
		assert.Equal(t, tt.want, cos.Throttled(tt.err), "%v", tt.err)
	}
}
