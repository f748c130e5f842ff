package actor

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	protoactor "github.com/asynkron/protoactor-go/actor"

	"github.com/ansar-go/ansar/internal/link"
)

// Ids that every process gives to the same objects. The main object of a
// process can so be written to before the process has said a word.
const (
	rootID  = "00000001"
	logID   = "00000002"
	timerID = "00000003"
	testsID = "00000004"
	workID  = "00000005" // of a worker: what it is to do comes there
	shareID = "00000006" // what a process has of the budget
	tokenID = "00000007" // the budget, in the root of the tree
	mainID  = "00000008"
	firstID = 9
)

// Equal reports whether both are the address of the same object.
func (p *PID) Equal(other *PID) bool {
	return p.GetAddress() == other.GetAddress() && p.GetId() == other.GetId()
}

// text is how logs show an address: the id, and the process if it is another.
func (n *node) text(p *PID) string {
	switch {
	case p == nil || p.GetId() == "":
		return "<" + rootID + ">"
	case p.GetAddress() == n.address:
		return "<" + p.GetId() + ">"
	}
	return "<" + p.GetId() + "@" + p.GetAddress() + ">"
}

func (n *node) newID() string { return fmt.Sprintf("%08x", n.lastID.Add(1)) }

func (n *node) local(p *PID) bool { return p.GetAddress() == n.address }

func engineOf(p *PID) *protoactor.PID { return protoactor.NewPID(p.GetAddress(), p.GetId()) }

func pidOf(p *protoactor.PID) *PID { return &PID{Address: p.Address, Id: p.Id} }

func linkOf(p *PID) link.PID { return link.PID{Address: p.GetAddress(), ID: p.GetId()} }

func pidOfKey(key string) *PID {
	address, id, _ := strings.Cut(key, "/")
	return &PID{Address: address, Id: id}
}

func sortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

func fromLink(p link.PID) *PID {
	if p.ID == "" {
		return nil
	}
	return &PID{Address: p.Address, Id: p.ID}
}
