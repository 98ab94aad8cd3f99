package cos_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"

	"cosmander/cos"
)

func ExampleClient() {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answerXML(w, http.StatusNotFound, errorXML("NoSuchKey", "The specified key does not exist."))
	}))
	defer service.Close()

	client, err := cos.New(cos.Config{
		Endpoint:    service.URL,
		Region:      "ap-guangzhou",
		Credentials: cos.Credentials{SecretID: "AKIDEXAMPLE", SecretKey: "examplesecretkey"},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.CloseIdleConnections()
	_, err = client.Bucket("examplebucket-1250000000", "").Get(context.Background(), "dir/k", cos.GetOptions{})
	fmt.Println(err)
	fmt.Println(cos.Retryable(err), cos.Hint(err))
	// Output:
	// GetObject cos://examplebucket-1250000000/dir/k: NoSuchKey: The specified key does not exist. (404, request req-2)
	// false it may have been deleted or renamed: refresh
}

func ExampleBucket_Pages() {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("marker") == "" {
			answerXML(w, http.StatusOK, `<ListBucketResult><IsTruncated>true</IsTruncated><NextMarker>dir/a</NextMarker>`+
				`<Contents><Key>dir/a</Key><Size>3</Size></Contents></ListBucketResult>`)
			return
		}
		answerXML(w, http.StatusOK, `<ListBucketResult><Contents><Key>dir/b</Key><Size>4</Size></Contents></ListBucketResult>`)
	}))
	defer service.Close()
	client, err := cos.New(cos.Config{Endpoint: service.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.CloseIdleConnections()
	bucket := client.Bucket("examplebucket-1250000000", "")
	for page, err := range bucket.Pages(context.Background(), cos.ListOptions{Prefix: "dir/"}) {
		if err != nil {
			fmt.Println(err)
			return
		}
		for _, o := range page.Objects {
			fmt.Println(o.Key, o.Size)
		}
	}
	// Output:
	// dir/a 3
	// dir/b 4
}

func ExampleBucket_Select() {
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		_, _ = w.Write(append(event("Records", `{"name":"a"}`+"\n"), event("End", "")...))
	}))
	defer service.Close()
	client, err := cos.New(cos.Config{Endpoint: service.URL})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer client.CloseIdleConnections()
	stream, err := client.Bucket("examplebucket-1250000000", "").Select(context.Background(), "table.csv", cos.SelectQuery{
		Expression: "select s.name from COSObject s limit 1",
		Input:      cos.SelectInput{CSV: &cos.CSVInput{FileHeaderInfo: "USE"}},
		Output:     cos.SelectOutput{JSON: &cos.JSONOutput{RecordDelimiter: "\n"}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	for event, err := range stream.Events() {
		switch e := event.(type) {
		case cos.SelectRecords:
			fmt.Print(string(e))
		case cos.SelectEnd:
			fmt.Println("complete")
		case nil:
			fmt.Println(err)
		}
	}
	// Output:
	// {"name":"a"}
	// complete
}
