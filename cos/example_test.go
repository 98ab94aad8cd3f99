package cos_test

import (
	"context"
	"fmt"
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
