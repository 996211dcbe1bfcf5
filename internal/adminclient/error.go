package adminclient

import (
	"errors"
	"fmt"
)

// Kind says what went wrong, as the exit code of a command.
type Kind int

// The kinds of an Error.
const (
	Refused     Kind = 1 // the server, or what is stored here, does not allow it
	Usage       Kind = 2 // the command line or a file of the operator
	NotFound    Kind = 3
	NotAllowed  Kind = 4 // nobody is signed in, or who is may not
	Unreachable Kind = 5 // there is no server, or it is not able to respond now
)

// Error is what an operator is told: what happened, and what helps.
type Error struct {
	Kind    Kind
	Message string
	Remedy  string // may be empty
	Code    string // of the API or of OAuth, if it told one
	err     error
}

// Error says what happened and what helps.
func (e *Error) Error() string {
	text := e.Message
	if e.Code != "" {
		text = e.Code + ": " + text
	}
	if e.Remedy != "" {
		text += "\n" + e.Remedy
	}
	return text
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.err }

// ExitCode is the exit code of a command that ends with the error.
func (e *Error) ExitCode() int { return int(e.Kind) }

// Faultf makes an error without a code or a cause.
func Faultf(kind Kind, remedy, format string, args ...any) *Error {
	return &Error{Kind: kind, Message: fmt.Sprintf(format, args...), Remedy: remedy}
}

// unreachable is the error of a server that does not respond.
func unreachable(server string, err error) *Error {
	return &Error{
		Kind: Unreachable, Message: fmt.Sprintf("%s does not respond: %v", server, plain(err)), err: err,
		Remedy: "Look whether the server runs and whether its address is right: authly admin profiles list shows it.",
	}
}

// plain is the innermost error: what wraps it repeats the address, with a query that is nobody's business.
func plain(err error) error {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err
		}
		err = inner
	}
}
