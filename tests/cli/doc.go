// Package cli runs authly admin as operators do: the scripts of testdata are shell sessions of the real program against a
// real server, on both databases. A browser that signs people in is a command of the scripts.
package cli
