package web

import (
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/authly/authly/identity"
)

// eventsShown is how many events a page of the activity has.
const eventsShown = 20

// activityPage is the data of activity.html.
type activityPage struct {
	Events []shownEvent
	Newer  string // path of the page before, or empty
	Older  string // path of the next page, or empty
}

// shownEvent is an event as its person may know it.
type shownEvent struct {
	At      time.Time
	What    *phrase
	Refused bool
	By      *phrase
	Client  string // name of the application through which it was done, or empty
	IP      string // of the person's own connections alone, as what follows
	Device  *phrase
}

// The parameters that say where a page of the activity begins and ends.
const (
	paramAfter  = "after"
	paramBefore = "before"
)

func (h *Handler) showActivity(w http.ResponseWriter, r *http.Request) error {
	b, err := h.secureBrowser(w, r, identity.ReturnToActivity, false)
	if err != nil || b == nil {
		return err
	}
	slice := identity.KeysetRange{Limit: eventsShown + 1} // one more, to know whether there are more
	if slice.After, err = parsePlace(r, paramAfter); err != nil {
		return err
	}
	if slice.Before, err = parsePlace(r, paramBefore); err != nil {
		return err
	}
	slice.Backward = slice.Before != nil
	activity, err := h.Domain.Accounts.Activity(r.Context(), b.User, slice)
	if err != nil {
		return err
	}
	h.render(w, r, http.StatusOK, page{
		template: "activity.html", title: say("Your activity"), account: pathActivity, script: better,
		data: showEvents(activity, slice, h.words(r).Code),
	})
	return nil
}

// showEvents cuts off the event that was asked for to know whether there are more, and links to both sides.
func showEvents(a identity.Activity, slice identity.KeysetRange, language string) activityPage {
	rows, newer, older := a.Events, slice.After != nil, slice.Backward
	switch more := len(rows) > eventsShown; {
	case more && slice.Backward:
		rows, newer = rows[1:], true
	case more:
		rows, older = rows[:eventsShown], true
	}
	var p activityPage
	for _, row := range rows {
		p.Events = append(p.Events, showEvent(row.Item, a.Clients, language))
	}
	if len(rows) > 0 && newer {
		p.Newer = placeLink(paramBefore, rows[0].CursorKey)
	}
	if len(rows) > 0 && older {
		p.Older = placeLink(paramAfter, rows[len(rows)-1].CursorKey)
	}
	return p
}

func showEvent(e identity.PersonEvent, clients map[uuid.UUID]identity.Client, language string) shownEvent {
	shown := shownEvent{At: e.OccurredAt, What: wordsFor(e.Action), Refused: e.Outcome == identity.OutcomeFailure, By: actorWords(e)}
	if e.ClientID != nil {
		if client, there := clients[*e.ClientID]; there {
			shown.Client = client.In(language).DisplayName()
		}
	}
	if e.OwnConnection() {
		shown.IP, shown.Device = e.IP, deviceName(e.UserAgent)
	}
	return shown
}

// actorWords says who acts. Nobody else is named: those who run the server act for it (docs/decisions/0089).
func actorWords(e identity.PersonEvent) *phrase {
	switch {
	case e.ByPerson():
		return say("you")
	case e.ActorKind == identity.ActorUser:
		return say("an administrator")
	case e.ActorKind == identity.ActorClient:
		return say("an application")
	case e.ActorKind == identity.ActorSystem:
		return say("the server")
	}
	return say("somebody who was not signed in")
}

// placeLink is the path of the page of the activity that begins after a place, or ends before it.
func placeLink(param string, at identity.CursorKey) string {
	return pathActivity + "?" + param + "=" + url.QueryEscape(at.Key+"~"+at.ID.String())
}

// parsePlace reads what placeLink has written, or nothing. It needs no seal: whatever it says, a person is shown their own events.
func parsePlace(r *http.Request, param string) (*identity.CursorKey, error) {
	text := r.Form.Get(param)
	if text == "" {
		return nil, nil // the beginning
	}
	key, id, _ := strings.Cut(text, "~")
	at, err := uuid.Parse(id)
	if err != nil {
		return nil, identity.Errorf(identity.Invalid, identity.CodeValidation, "There is no such page.").Because(err)
	}
	return &identity.CursorKey{Key: key, ID: at}, nil
}
