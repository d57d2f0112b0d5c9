package main

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/store/storetest"
)

// workers is how many stages are played side by side: the emulator works while
// the others think.
const workers = 4

// sideBySide runs do for 0 to n-1, or for a sample of these, spread over parallel
// subtests.
func sideBySide(t *testing.T, n int, do func(t *testing.T, i int)) {
	t.Helper()
	t.Logf("%d of %d are played", (n+sampled-1)/sampled, n)
	for w := range workers {
		t.Run(fmt.Sprintf("part %d of %d", w+1, workers), func(t *testing.T) {
			t.Parallel()
			for i := w * sampled; i < n && !t.Failed(); i += workers * sampled {
				do(t, i)
			}
		})
	}
}

// TestCrashOnDynamoDB lets the process die before and after each store call of
// the script in turn, on tables whose streams bring the rest about.
func TestCrashOnDynamoDB(t *testing.T) {
	t.Parallel()
	ground := inEmulator(dynamodb.NewFromConfig(awstest.Config(t)))
	_, want := playScript(t, inTestFile, 0, 0)
	calls, got := playScript(t, ground, 0, 0)
	if got != want {
		t.Fatalf("without a crash:\n%s\nin a file:\n%s", got, want)
	}
	t.Logf("%d store calls, each crashed before and after", calls)
	faults := []storetest.Fault{storetest.CrashBefore, storetest.CrashAfter}
	sideBySide(t, 2*calls, func(t *testing.T, i int) {
		n, fault := 1+i%calls, faults[i/calls]
		if _, got := playScript(t, ground, n, fault); got != want {
			t.Fatalf("crashed at call %d (fault %d):\n%s\nwant\n%s", n, fault, got, want)
		}
	})
}

// TestFaultsOnDynamoDB throttles 30 % of the attempts of calls and loses 5 % of
// the answers, and kills a process in every scene.
func TestFaultsOnDynamoDB(t *testing.T) {
	t.Parallel()
	_, want := playScript(t, inTestFile, 0, 0)
	const histories = 100
	attempts := make([]int, histories)
	sideBySide(t, histories, func(t *testing.T, i int) {
		seed := uint64(i)
		var f awstest.Faults
		f.Random(seed, map[awstest.Fault]float64{awstest.Throttle: 0.3, awstest.Lose: 0.05})
		r := rand.New(rand.NewPCG(seed, 7))
		ground := inEmulator(dynamodb.NewFromConfig(f.In(awstest.Config(t)), awstest.Hasty))
		playFaults(t, ground, seed, want, func(w *storetest.World) {
			w.At(1+r.IntN(40), []storetest.Fault{storetest.CrashBefore, storetest.CrashAfter}[r.IntN(2)])
		})
		attempts[i] = f.Attempts()
	})
	t.Cleanup(func() { // When the parts are done.
		sum := 0
		for _, n := range attempts {
			sum += n
		}
		t.Logf("%d histories, %d attempts of calls", histories, sum)
	})
}

// TestAnyOrderOnDynamoDB brings one parcel's pushes in random orders.
func TestAnyOrderOnDynamoDB(t *testing.T) {
	t.Parallel()
	playOrders(t, inEmulator(dynamodb.NewFromConfig(awstest.Config(t))), 50)
}
