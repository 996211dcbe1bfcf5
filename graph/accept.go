package graph

import (
	"mime"
	"strconv"
	"strings"

	"github.com/authly/authly/internal/parameters"
)

// The media types of responses (GraphQL over HTTP §4.1), and of the answers to subscriptions (GraphQL over SSE).
const (
	mediaGraphQL     = "application/graphql-response+json"
	mediaJSON        = "application/json"
	mediaEventStream = "text/event-stream"
)

// negotiate picks the media type of the response from the Accept headers (RFC 9110 §12.5.1): the offered type with the
// highest quality, of equals the GraphQL type if it was named. No header, and wildcards, mean application/json, as
// legacy clients expect.
func negotiate(accept []string) (media string, ok bool) {
	ranges := strings.Join(accept, ",")
	if strings.TrimSpace(ranges) == "" {
		return mediaJSON, true
	}
	// For each offered type the quality of the most specific range that covers it.
	quality := map[string]float64{}
	rank := map[string]int{}
	for text := range strings.SplitSeq(ranges, ",") {
		name, params, err := mime.ParseMediaType(text)
		if err != nil || !parameters.UTF8(params) {
			continue
		}
		q := 1.0
		if value, given := params["q"]; given {
			if q, err = strconv.ParseFloat(value, 64); err != nil || q < 0 || q > 1 {
				continue
			}
		}
		for _, offer := range []string{mediaGraphQL, mediaJSON} {
			specific := specificity(name, offer)
			if specific > rank[offer] {
				rank[offer], quality[offer] = specific, q
			}
		}
	}
	graphql, json := quality[mediaGraphQL], quality[mediaJSON]
	named := rank[mediaGraphQL] == specificity(mediaGraphQL, mediaGraphQL)
	switch {
	case graphql > 0 && (graphql > json || named && graphql == json):
		return mediaGraphQL, true
	case json > 0:
		return mediaJSON, true
	}
	return mediaJSON, false
}

func specificity(mediaRange, offer string) int {
	switch mediaRange {
	case offer:
		return 3
	case "application/*":
		return 2
	case "*/*":
		return 1
	}
	return 0
}
