package identity

// NewJobs lets tests run kinds of their own.
var NewJobs = newJobs
