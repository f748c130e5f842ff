// Package homepb holds the messages that the command ansar prints about a home:
// what a run of roles came to. Programs that read its output use them.
package homepb
