// Package tools is what developers of ansar use and its users never download:
// buf and golangci-lint, as tools of a go.mod of their own, and two small
// programs.
//
//	generate   writes the Go code of every .proto file, or checks that it is fresh
//	strict     runs go test -json, and fails where a test was skipped
package tools
