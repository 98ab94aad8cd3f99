package emulator

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// headers are what a writer set on an object, under the names they are
// answered with.
type headers map[string]string

// keptHeaders are stored and answered as they are.
var keptHeaders = []string{"Content-Type", "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires"}

const metaPrefix = "x-cos-meta-"

// readHeaders takes the object headers of a put, initiate or copy.
func readHeaders(in http.Header) (headers, error) {
	h := headers{}
	for _, name := range keptHeaders {
		if v := in.Get(name); v != "" {
			h[name] = v
		}
	}
	if err := h.readMeta(in); err != nil {
		return nil, err
	}
	return h, nil
}

func (h headers) readMeta(in http.Header) error {
	size := 0
	for name, values := range in {
		name = strings.ToLower(name)
		suffix, ok := strings.CutPrefix(name, metaPrefix)
		if !ok {
			continue
		}
		if suffix == "" || strings.Contains(suffix, "_") {
			return refuse("InvalidArgument", "A metadata name holds letters, digits and dashes: "+name)
		}
		h[name] = strings.Join(values, ",")
		// Whether names count is not documented; counting them is the stricter.
		size += len(suffix) + len(h[name])
	}
	if size > maxMetaBytes {
		return refuse("InvalidArgument", "The user metadata is larger than 2 KB.")
	}
	return nil
}

// pack writes headers for the index.
func (h headers) pack() string {
	if len(h) == 0 {
		return ""
	}
	b, err := json.Marshal(h)
	if err != nil {
		panic("emulator: marshal headers: " + err.Error()) // strings always marshal
	}
	return string(b)
}

func unpackHeaders(packed string) (headers, error) {
	if packed == "" {
		return nil, nil
	}
	var h headers
	if err := json.Unmarshal([]byte(packed), &h); err != nil {
		return nil, fmt.Errorf("damaged index: headers of an object: %w", err)
	}
	return h, nil
}

var storageClasses = []string{
	standard, "STANDARD_IA", "INTELLIGENT_TIERING", "ARCHIVE", "DEEP_ARCHIVE",
	"MAZ_STANDARD", "MAZ_STANDARD_IA", "MAZ_INTELLIGENT_TIERING", "MAZ_ARCHIVE", "MAZ_DEEP_ARCHIVE",
}

const standard = "STANDARD"

// readClass takes the storage class of a put, initiate or copy.
func readClass(in http.Header) (string, error) {
	class := strings.ToUpper(in.Get("X-Cos-Storage-Class"))
	switch {
	case class == "":
		return standard, nil
	case !slices.Contains(storageClasses, class):
		return "", refuse("NotSupportedStorageClass", "There is no storage class "+class+".")
	}
	return class, nil
}

// trafficLimit returns bytes per second, or 0 for no limit.
func trafficLimit(q *request) (int64, error) {
	v := q.r.Header.Get("X-Cos-Traffic-Limit")
	if v == "" {
		v = q.target.query.get("x-cos-traffic-limit")
	}
	if v == "" {
		return 0, nil
	}
	bits, err := strconv.ParseInt(v, 10, 64)
	if err != nil || bits < minTrafficLimit || bits > maxTrafficLimit {
		return 0, refuse("InvalidArgument", "x-cos-traffic-limit is between 819200 and 838860800 bit/s.")
	}
	return bits / 8, nil
}
