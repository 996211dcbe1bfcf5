package server

import (
	"context"
	"time"

	"github.com/authly/authly/identity"
)

const (
	mebibyte = 1 << 20

	// reliefEvery is how long the server waits after it has made room, or tried to, before it does so again.
	reliefEvery = 5 * time.Second

	// reserveEvery is how often it tries to reserve what is missing.
	reserveEvery = time.Minute
)

// watchDisk reserves room on the disk of an embedded database and, when the disk is full, makes room: at once, because
// a job that would do so could not be claimed any more.
func (s *Server) watchDisk(ctx context.Context) {
	again := time.NewTicker(reserveEvery)
	defer again.Stop()
	short := s.keepReserve(ctx)
	for {
		select {
		case <-ctx.Done():
			return
		case <-again.C:
			if short {
				short = s.keepReserve(ctx)
			}
			continue
		case <-s.full:
			s.relieve(ctx)
			short = true
			select {
			case <-s.full: // said before there was room
			default:
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(reliefEvery):
		}
	}
}

// keepReserve reserves as much as there is room for, and reports whether that is less than it should be.
func (s *Server) keepReserve(ctx context.Context) (short bool) {
	want := int64(s.config.DiskReserve) * mebibyte
	if want == 0 {
		return false
	}
	have, err := s.Store.KeepReserve(want)
	if err != nil {
		s.logger.ErrorContext(ctx, "no room can be reserved on the disk", "cause", err.Error())
		return true
	}
	if have < want {
		s.logger.WarnContext(ctx, "the disk has no room for the whole reserve", "bytes", have, "wanted", want)
	}
	return have < want
}

// relieve deletes what is of no more use, on the room that the reserve gives back.
func (s *Server) relieve(ctx context.Context) {
	ctx = identity.WithActor(ctx, identity.SystemActor("server"))
	rows := 0
	err := s.Store.Relieve(ctx, func(ctx context.Context) (err error) {
		rows, err = s.Domain.Retention.Sweep(ctx)
		return err
	})
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		s.logger.ErrorContext(ctx, "the disk is full, and no room can be made", "rows", rows, "cause", err.Error())
		return
	}
	s.logger.WarnContext(ctx, "the disk was full: what has expired is deleted", "rows", rows)
}
