package server

import "github.com/authly/authly/identity"

const (
	// perLane is how many jobs of one lane run at once, of whatever kind: a receiver is not stormed, and one that is slow
	// takes no more of the room than this. One whose last job did not succeed, or of which nothing is known yet, gets one.
	perLane = 4
	// perFailing is how many run at once in all lanes whose last job failed: half of the room for logout tokens.
	perFailing = 20
	// maxLanes is how many lanes are remembered; one that is forgotten is an unknown one again.
	maxLanes = 1000
)

// lane is what a worker knows of a receiver.
type lane struct {
	running int
	last    identity.JobEnd // success, or any kind of failure; "" if it has not ended a job
}

func (l lane) failing() bool { return l.last == identity.JobRetried || l.last == identity.JobGivenUp }

func (l lane) full() bool {
	return l.running >= perLane || l.running > 0 && l.last != identity.JobSucceeded
}

// lanes is what a worker knows of all, by name.
type lanes map[string]lane

// taken lists the lanes in which no job may start now, and those in which none may before the others have one each: a queue
// that is older and longer takes the room of none that has nothing running.
func (all lanes) taken() (full, busy []string) {
	failing := 0
	for _, l := range all {
		if l.failing() {
			failing += l.running
		}
	}
	for name, l := range all {
		closed := l.full() || l.failing() && failing >= perFailing
		if closed {
			full = append(full, name)
		}
		if closed || l.running > 0 {
			busy = append(busy, name)
		}
	}
	return full, busy
}

// began counts a job that starts. The lane "" is shared by none.
func (all lanes) began(name string) {
	if name == "" {
		return
	}
	if _, known := all[name]; !known && len(all) >= maxLanes {
		all.forget()
	}
	l := all[name]
	l.running++
	all[name] = l
}

// ended counts a job that has ended. What interrupted it, or took it away, says nothing of the receiver.
func (all lanes) ended(name string, end identity.JobEnd) {
	if name == "" {
		return
	}
	l := all[name]
	l.running--
	if end != identity.JobInterrupted && end != identity.JobLost {
		l.last = end
	}
	all[name] = l
}

// forget drops a lane in which nothing runs.
func (all lanes) forget() {
	for name, l := range all {
		if l.running == 0 {
			delete(all, name)
			return
		}
	}
}
