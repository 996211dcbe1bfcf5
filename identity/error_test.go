package identity_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/authly/authly/identity"
)

func TestErrorsCompareByCode(t *testing.T) {
	t.Parallel()
	cause := errors.New("the disk is full")
	err := fmt.Errorf("read user: %w", identity.ErrUserNotFound.Because(cause))
	if !errors.Is(err, identity.ErrUserNotFound) || !errors.Is(err, cause) {
		t.Errorf("code or cause is lost: %v", err)
	}
	if errors.Is(err, identity.ErrClientNotFound) || errors.Is(err, errors.New("the disk is full")) {
		t.Error("errors of different codes are the same")
	}
	if errors.Unwrap(identity.ErrUserNotFound) != nil {
		t.Error("Because changes the original")
	}
	if text := err.Error(); !strings.Contains(text, "USER_NOT_FOUND") || !strings.Contains(text, "the disk is full") {
		t.Errorf("the log would miss something: %s", text)
	}
}

// TestAMessageNamesItsField: who sees nothing but a text learns from it what was wrong where.
func TestAMessageNamesItsField(t *testing.T) {
	t.Parallel()
	for want, err := range map[string]*identity.Error{
		"nickname has the wrong type.":                   identity.InvalidField("nickname", "Has the wrong type."),
		"zoneinfo must be a name of the tz database.":    identity.InvalidField("zoneinfo", "Must be a name of the tz database."),
		"sub cannot be changed here.":                    identity.InvalidField("sub", "Cannot be changed here."),
		"first: Give first or last, not both.":           identity.InvalidField("first", "Give first or last, not both."),
		"The scope goes beyond what was granted.":        {Code: identity.CodeInvalidScope, Field: "scope", Detail: "The scope goes beyond what was granted."},
		"The body names no claim to change.":             identity.Errorf(identity.Invalid, identity.CodeValidation, "The body names no claim to change."),
		identity.ErrUserNotFound.Detail:                  identity.ErrUserNotFound,
		"client_uri must be an absolute URL, of course.": identity.InvalidField("client_uri", "Must be an absolute URL, of course."),
	} {
		if got := err.Message(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
		if !strings.HasSuffix(err.Error(), want) {
			t.Errorf("the log would not name the field: %s", err.Error())
		}
	}
}

func TestAsError(t *testing.T) {
	t.Parallel()
	unknown := errors.New(`pq: relation "users" does not exist`)
	for name, test := range map[string]struct {
		err  error
		kind identity.Kind
		code identity.Code
	}{
		"an error of the domain": {fmt.Errorf("a: %w", identity.ErrLastAdmin), identity.Conflict, identity.CodeLastAdmin},
		"a version conflict": {
			fmt.Errorf("b: %w", &identity.VersionConflictError{CurrentVersion: 7}), identity.Conflict, identity.CodeVersionConflict,
		},
		"any other": {unknown, identity.Internal, identity.CodeInternal},
	} {
		got := identity.AsError(test.err)
		if got.Kind != test.kind || got.Code != test.code {
			t.Errorf("%s: %+v", name, got)
		}
		if strings.Contains(got.Detail, "users") {
			t.Errorf("%s: the detail tells the cause: %s", name, got.Detail)
		}
	}
	if detail := identity.AsError(&identity.VersionConflictError{CurrentVersion: 7}).Detail; !strings.Contains(detail, "7") {
		t.Errorf("the current version is not told: %s", detail)
	}
	var zero identity.Error
	if zero.Kind != identity.Internal {
		t.Error("the zero kind is not Internal")
	}
}
