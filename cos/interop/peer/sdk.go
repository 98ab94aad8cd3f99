package main

import (
	"context"
	"net"
	"net/http"
	"net/url"
	"os"

	sdk "github.com/tencentyun/cos-go-sdk-v5"
)

// official is the Go SDK as its documentation says to use it.
type official struct {
	settings
	client *sdk.Client
}

func newSDK(s settings) (*official, error) {
	server, err := url.Parse(os.Getenv("COS_ENDPOINT"))
	if err != nil {
		return nil, err
	}
	// It signs for the bucket's own host, and MultiCopy asks for no other.
	dial := func(ctx context.Context, network, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, network, server.Host)
	}
	client := sdk.NewClient(&sdk.BaseURL{BucketURL: &url.URL{Scheme: "http", Host: s.host}}, &http.Client{
		Transport: &sdk.AuthorizationTransport{
			SecretID: os.Getenv("COS_SECRET_ID"), SecretKey: os.Getenv("COS_SECRET_KEY"),
			// As many connections are kept as ours keeps.
			Transport: &http.Transport{MaxIdleConnsPerHost: 64, DisableCompression: true, DialContext: dial},
		},
	})
	return &official{s, client}, nil
}

func (o *official) up(ctx context.Context, key, path string) error {
	_, _, err := o.client.Object.Upload(ctx, key, path, &sdk.MultiUploadOptions{PartSize: o.part, ThreadPoolSize: o.parallel})
	return err
}

func (o *official) down(ctx context.Context, key, path string) error {
	_, err := o.client.Object.Download(ctx, key, path, &sdk.MultiDownloadOptions{PartSize: o.part, ThreadPoolSize: o.parallel})
	return err
}

func (o *official) copy(ctx context.Context, key, to string) error {
	_, _, err := o.client.Object.MultiCopy(ctx, to, o.host+"/"+key, &sdk.MultiCopyOptions{PartSize: o.part, ThreadPoolSize: o.parallel})
	return err
}

func (o *official) keys(ctx context.Context, prefix string) (list []string, err error) {
	for marker := ""; ; {
		page, _, err := o.client.Bucket.Get(ctx, &sdk.BucketGetOptions{Prefix: prefix, Marker: marker, MaxKeys: 1000})
		if err != nil {
			return nil, err
		}
		for _, o := range page.Contents {
			list = append(list, o.Key)
		}
		if !page.IsTruncated {
			return list, nil
		}
		marker = page.NextMarker
	}
}
