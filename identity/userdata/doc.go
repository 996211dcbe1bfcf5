// Package userdata makes the document of all that is stored about one person (Art. 15 and 20 GDPR), which administrators export
// and people take themselves (docs/decisions/0074). Whoever asks for it decides who may have it.
package userdata
