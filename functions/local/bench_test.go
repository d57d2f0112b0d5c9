package main

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"runtime"
	"sync/atomic"
	"testing"
	"time"
)

// benchClients is how many connections post at once.
const benchClients = 64

// benchPush makes the n-th push of the benchmarks: ten scans a parcel.
func benchPush(b *testing.B, first time.Time, n int64) []byte {
	s := demoScan{scanned: time.Duration(n%10) * time.Hour, at: louisville, kind: "I", code: "AR", description: "005", text: "Arrived at Facility"}
	body, err := s.body(fmt.Sprintf("1ZE40F71%010d", n/10), first)
	if err != nil {
		b.Fatal(err)
	}
	return body
}

// BenchmarkPath posts signed pushes over HTTP from 64 connections to a synced
// store: "stored" until they are answered, "whole" until the shipments are
// folded and it is decided whom to tell.
func BenchmarkPath(b *testing.B) {
	first := time.Now().UTC().Add(-12 * time.Hour).Truncate(time.Minute)
	b.Run("sha256", func(b *testing.B) {
		body := benchPush(b, first, 0)
		b.SetBytes(int64(len(body)))
		b.ReportAllocs()
		for b.Loop() {
			sha256.Sum256(body)
		}
	})
	b.Run("stored", func(b *testing.B) { benchPath(b, first, false) })
	b.Run("whole", func(b *testing.B) { benchPath(b, first, true) })
}

func benchPath(b *testing.B, first time.Time, whole bool) {
	ring, err := readKeyring("")
	if err != nil {
		b.Fatal(err)
	}
	a, err := openApp(b.TempDir(), ring.sources(), time.Now, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = a.close() }()
	ln, err := new(net.ListenConfig).Listen(b.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	srv := &http.Server{Handler: a.handler(public, operator), ReadHeaderTimeout: time.Minute}
	go func() { _ = srv.Serve(ln) }()
	defer func() { _ = srv.Close() }()
	ctx, stop := context.WithCancel(context.Background())
	pumped := make(chan struct{})
	if whole {
		go func() {
			defer close(pumped)
			a.pump(ctx)
		}()
	} else {
		close(pumped)
	}
	base := "http://" + ln.Addr().String()
	b.SetBytes(int64(len(benchPush(b, first, 0))))
	b.ReportAllocs()
	b.SetParallelism(benchClients / runtime.GOMAXPROCS(0))
	var n, failed atomic.Int64
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if postTo(base, benchPush(b, first, n.Add(1))) != http.StatusOK {
				failed.Add(1)
			}
		}
	})
	stop()
	<-pumped
	if whole {
		if err := a.settle(context.Background()); err != nil {
			b.Error(err)
		}
	}
	b.StopTimer()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "pushes/s")
	if failed.Load() > 0 {
		b.Errorf("%d pushes were not answered 200", failed.Load())
	}
}
