// Package interop holds the official COS SDKs against the local server, and
// our requests against theirs, so that a mistake which our client and our
// server share is noticed. It is a module of its own, because no SDK is a
// dependency of the program, and has only tests, and peer, which the
// benchmarks measure by:
//
//   - wire_*: our request beside the Go SDK's, for every operation and
//     parameter. What differs on purpose stands there with its reason.
//   - walk_* and node/*.js: an SDK alone on a server, its results asserted.
//   - roundtrip, trade, node: one writes, the others read.
//   - queue: our job queue appends, aborts and goes on with uploads, the Go SDK reads.
//   - docs: the table of all this, docs/api.md.
//
// The Go SDK reads the checksum of a body while net/http may still write it.
// That is a data race of theirs, so these tests run without the race detector.
package interop
