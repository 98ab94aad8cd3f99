package cos

import (
	"context"
	"time"
)

// SigningKeys says how long what is signed now can be good for at most.
type SigningKeys struct {
	Temporary bool      // they end, and what they signed ends with them
	Until     time.Time // when; zero if they do not end, or nobody said when
}

// SigningKeys asks the client's credentials; nothing is sent. Anonymous ones
// are [ErrNoCredentials].
func (b *Bucket) SigningKeys(ctx context.Context) (SigningKeys, error) {
	creds, err := b.client.credentials(ctx)
	if err != nil {
		return SigningKeys{}, err
	}
	if creds.Anonymous() {
		return SigningKeys{}, ErrNoCredentials
	}
	return SigningKeys{Temporary: creds.Token != "" || !creds.Expires.IsZero(), Until: creds.Expires}, nil
}
