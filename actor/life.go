package actor

// condition is where a child process is in its life.
type condition int

const (
	waiting     condition = iota // not started, or the system had no process to give
	greeting                     // started, has not said Hello
	running                      // said Hello
	ending                       // sent its last frame or ended its link: should be leaving by itself
	stopping                     // was told to stop
	terminating                  // was sent SIGTERM
	killing                      // was sent SIGKILL
	draining                     // the process is gone, its link not read to the end
	settled                      // its end was told to the parent
	numConditions
)

// event is what happens to a child process.
type event int

const (
	evStarted     event = iota // the system gave a process
	evNoResources              // the system had none to give
	evCannotStart              // there will never be one
	evHello                    // its Hello came
	evReady                    // it says that it can do its work
	evResult                   // its last frame came
	evLinkEnd                  // its link ended, for whatever reason
	evExit                     // the process ended, is reaped, its output is read
	evTimer                    // the time for the present condition is up
	evStop                     // it is to end in order
	evKill                     // it is to end now
	numEvents
)

// step is what to do at an event, and where that leads.
type step struct {
	do   func(*process)
	next condition
}

func (p *process) ignore() {}

// life is total: what cannot happen, and what no longer matters, says so in
// its cell. TestLifeIsTotal checks every one.
//
//	             started  hello     result   link end  exit      timer     stop      kill
//	waiting      greeting -         -        -         -         waiting   settled   settled
//	greeting     -        running   -        ending    draining  terminate stopping  killing
//	running      -        -         ending   ending    draining  -         stopping  killing
//	ending       -        -         ending   ending    draining  terminate ending    killing
//	stopping     -        stopping  ending   ending    draining  terminate stopping  killing
//	terminating  -        same      same     same      draining  killing   same      killing
//	killing      -        same      same     same      draining  settled   same      same
//	draining     -        same      same     settled   -         draining  same      same
//	settled      -        -         -        -         -         -         -         -
var life = [numConditions][numEvents]step{
	waiting: {
		evStarted:     {(*process).started, greeting},
		evNoResources: {(*process).retryLater, waiting},
		evCannotStart: {(*process).settleUnstarted, settled},
		evHello:       {(*process).ignore, waiting}, // cannot happen: there is no process
		evReady:       {(*process).ignore, waiting}, // cannot happen
		evResult:      {(*process).ignore, waiting}, // cannot happen
		evLinkEnd:     {(*process).ignore, waiting}, // cannot happen: we hold both ends
		evExit:        {(*process).ignore, waiting}, // cannot happen
		evTimer:       {(*process).tryAgain, waiting},
		evStop:        {(*process).settleUnstarted, settled},
		evKill:        {(*process).settleUnstarted, settled},
	},
	greeting: {
		evStarted:     {(*process).ignore, greeting}, // cannot happen twice
		evNoResources: {(*process).ignore, greeting}, // cannot happen any more
		evCannotStart: {(*process).ignore, greeting}, // cannot happen any more
		evHello:       {(*process).greeted, running},
		evReady:       {(*process).ignore, greeting},    // cannot happen: Hello comes first
		evResult:      {(*process).ignore, greeting},    // cannot happen: Hello comes first
		evLinkEnd:     {(*process).mute, ending},        // it closed what it did not understand
		evExit:        {(*process).drain, draining},     // most programs that are not ours
		evTimer:       {(*process).silent, terminating}, // it does not know us
		evStop:        {(*process).askToStop, stopping},
		evKill:        {(*process).kill, killing},
	},
	running: {
		evStarted:     {(*process).ignore, running}, // cannot happen twice
		evNoResources: {(*process).ignore, running}, // cannot happen any more
		evCannotStart: {(*process).ignore, running}, // cannot happen any more
		evHello:       {(*process).ignore, running}, // cannot happen twice: link refuses it
		evReady:       {(*process).announce, running},
		evResult:      {(*process).linger, ending},
		evLinkEnd:     {(*process).mute, ending},
		evExit:        {(*process).drain, draining},
		evTimer:       {(*process).ignore, running}, // no time is set
		evStop:        {(*process).askToStop, stopping},
		evKill:        {(*process).kill, killing},
	},
	ending: {
		evStarted:     {(*process).ignore, ending}, // cannot happen twice
		evNoResources: {(*process).ignore, ending}, // cannot happen any more
		evCannotStart: {(*process).ignore, ending}, // cannot happen any more
		evHello:       {(*process).ignore, ending}, // too late to matter
		evReady:       {(*process).ignore, ending}, // too late to matter
		evResult:      {(*process).ignore, ending}, // cannot happen twice
		evLinkEnd:     {(*process).ignore, ending}, // expected; noted for draining
		evExit:        {(*process).drain, draining},
		evTimer:       {(*process).terminate, terminating},
		evStop:        {(*process).hasten, ending}, // with less time, perhaps
		evKill:        {(*process).kill, killing},
	},
	stopping: {
		evStarted:     {(*process).ignore, stopping}, // cannot happen twice
		evNoResources: {(*process).ignore, stopping}, // cannot happen any more
		evCannotStart: {(*process).ignore, stopping}, // cannot happen any more
		evHello:       {(*process).ignore, stopping}, // the Stop waits for it in the link
		evReady:       {(*process).ignore, stopping}, // nobody waits for it any more
		evResult:      {(*process).linger, ending},
		evLinkEnd:     {(*process).mute, ending},
		evExit:        {(*process).drain, draining},
		evTimer:       {(*process).terminate, terminating},
		evStop:        {(*process).askToStop, stopping}, // with less time, perhaps
		evKill:        {(*process).kill, killing},
	},
	terminating: {
		evStarted:     {(*process).ignore, terminating}, // cannot happen twice
		evNoResources: {(*process).ignore, terminating}, // cannot happen any more
		evCannotStart: {(*process).ignore, terminating}, // cannot happen any more
		evHello:       {(*process).ignore, terminating}, // too late
		evReady:       {(*process).ignore, terminating}, // too late
		evResult:      {(*process).ignore, terminating}, // kept; the limit stays
		evLinkEnd:     {(*process).ignore, terminating}, // noted for draining
		evExit:        {(*process).drain, draining},
		evTimer:       {(*process).kill, killing},
		evStop:        {(*process).ignore, terminating}, // it is past asking
		evKill:        {(*process).kill, killing},
	},
	killing: {
		evStarted:     {(*process).ignore, killing}, // cannot happen twice
		evNoResources: {(*process).ignore, killing}, // cannot happen any more
		evCannotStart: {(*process).ignore, killing}, // cannot happen any more
		evHello:       {(*process).ignore, killing}, // written before it was killed
		evReady:       {(*process).ignore, killing}, // written before it was killed
		evResult:      {(*process).ignore, killing}, // kept
		evLinkEnd:     {(*process).ignore, killing}, // noted for draining
		evExit:        {(*process).drain, draining},
		evTimer:       {(*process).settleUnkillable, settled}, // the kernel holds it
		evStop:        {(*process).ignore, killing},
		evKill:        {(*process).ignore, killing}, // once is enough
	},
	draining: {
		evStarted:     {(*process).ignore, draining}, // cannot happen twice
		evNoResources: {(*process).ignore, draining}, // cannot happen any more
		evCannotStart: {(*process).ignore, draining}, // cannot happen any more
		evHello:       {(*process).ignore, draining}, // read late
		evReady:       {(*process).ignore, draining}, // read late
		evResult:      {(*process).ignore, draining}, // kept
		evLinkEnd:     {(*process).settleGone, settled},
		evExit:        {(*process).ignore, draining},  // cannot happen twice
		evTimer:       {(*process).cutLink, draining}, // somebody else holds its end
		evStop:        {(*process).ignore, draining},
		evKill:        {(*process).ignore, draining},
	},
	settled: {
		evStarted:     {(*process).ignore, settled}, // cannot happen
		evNoResources: {(*process).ignore, settled}, // cannot happen
		evCannotStart: {(*process).ignore, settled}, // cannot happen
		evHello:       {(*process).ignore, settled}, // cannot happen: the link is gone
		evReady:       {(*process).ignore, settled}, // cannot happen
		evResult:      {(*process).ignore, settled}, // cannot happen
		evLinkEnd:     {(*process).ignore, settled}, // of a link that was cut
		evExit:        {(*process).ignore, settled}, // of one that could not be killed
		evTimer:       {(*process).ignore, settled}, // set before
		evStop:        {(*process).ignore, settled}, // too late
		evKill:        {(*process).ignore, settled}, // too late
	},
}

var conditionNames = [numConditions]string{
	"WAITING", "GREETING", "RUNNING", "ENDING", "STOPPING", "TERMINATING", "KILLING", "DRAINING", "SETTLED",
}

// String is the condition as logs show it.
func (c condition) String() string { return conditionNames[c] }
