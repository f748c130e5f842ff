// Package link carries protobuf messages between the processes of a tree.
//
// Each process has one [Router] and, over any byte stream, one [Link] to its
// parent and one to each child. A message for an object of any process of the
// tree is passed along the links on the way, in order, and flow control by
// credit holds back a sender whose messages are not consumed. PROTOCOL.md,
// beside this file, is the protocol with its limits and its reasons.
//
// The one invariant: a reader of a link never waits. What it reads it hands
// over or passes on at once, so a slow object delays those who write to it and
// nobody else, and a link that ended is always noticed.
//
// The package starts no processes, knows no engine and decides nothing about
// the life of a child: it tells a [Handler] what came.
package link
