// Package server is a program that others talk to: it listens for connections
// and answers each word that comes, one a line, with another.
//
// Which word is answered with which is in the file word-map.json of the role's
// model folder; it is read once, before the server listens. A word that is not
// in it is sent back as it is.
package server

import (
	"bufio"
	"context"
	"net"
	"strconv"
	"strings"
	"sync"

	"github.com/ansar-go/ansar/actor"
	"github.com/ansar-go/ansar/framework"
	"github.com/ansar-go/ansar/lifecycle"
)

func server(self *actor.Context, settings *lifecycle.HostPort, _ *lifecycle.None) (*lifecycle.Ack, error) {
	words, err := loadWords(self)
	if err != nil {
		return nil, err
	}
	address := net.JoinHostPort(settings.GetHost(), strconv.Itoa(int(settings.GetPort())))
	listener, err := new(net.ListenConfig).Listen(self, "tcp", address)
	if err != nil {
		return nil, err
	}
	defer listener.Close()
	context.AfterFunc(self, func() { listener.Close() }) // ends Accept
	self.Console("Listening on %s", listener.Addr())
	self.Ready()

	var sessions sync.WaitGroup
	defer sessions.Wait()
	for {
		conn, err := listener.Accept()
		if err != nil {
			return nil, err // if it was told to stop, that is all there is to say
		}
		self.Console("Accepted on %s from %s", conn.LocalAddr(), conn.RemoteAddr())
		sessions.Go(func() { answer(self, conn, words) })
	}
}

// longestWord is how long a line may be.
const longestWord = 1024

// answer serves one connection until its other end, or the server, has enough.
func answer(self *actor.Context, conn net.Conn, words map[string]string) {
	defer conn.Close()
	defer context.AfterFunc(self, func() { conn.Close() })()
	lines := bufio.NewReaderSize(conn, longestWord)
	for {
		line, err := lines.ReadSlice('\n')
		if err != nil {
			return // closed, or no word of ours
		}
		word := strings.TrimSuffix(string(line), "\n")
		reply, known := words[word]
		if !known {
			reply = word
		}
		if _, err := conn.Write([]byte(reply + "\n")); err != nil {
			return
		}
	}
}

// Server answers words on port 65432 of this machine, unless its settings say
// otherwise, until it is stopped.
var Server = actor.Define("server", server).
	DefaultSettings(&lifecycle.HostPort{Host: "127.0.0.1", Port: 65432}).
	AnnouncesReady()

// Main is the program.
func Main() { framework.CreateObject(Server) }
