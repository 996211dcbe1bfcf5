package server

import (
	"github.com/prometheus/client_golang/prometheus"

	"github.com/authly/authly/identity"
)

// watch is what the domain is heard with.
type watch struct {
	throttleMetrics
	federated *prometheus.CounterVec
	mailed    *prometheus.CounterVec
}

var _ identity.Watch = watch{}

func newWatch() watch {
	return watch{
		throttleMetrics: newThrottleMetrics(),
		federated: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "authly_federation_total", Help: "Sign-ins at identity providers, by provider and what became of them.",
		}, []string{"provider", "kind", "outcome"}),
		mailed: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "authly_mail_total", Help: "Attempts at messages to people, by kind and what became of them.",
		}, []string{"kind", "outcome"}),
	}
}

// Federated implements identity.Watch. Of providers there are few.
func (w watch) Federated(p identity.IdentityProvider, outcome identity.FederationOutcome) {
	w.federated.WithLabelValues(p.Slug, string(p.Kind), string(outcome)).Inc()
}

// Mailed implements identity.Watch.
func (w watch) Mailed(kind identity.MailKind, outcome identity.MailOutcome) {
	w.mailed.WithLabelValues(string(kind), string(outcome)).Inc()
}
