package dynamostore_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/shiptide/shiptide/shared/awstest"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

func TestTheStreamOfATableShowsWhatItsReaderNeeds(t *testing.T) {
	whole := store.Item{
		Key: store.Key{Partition: "S#1Z", Sort: "META"}, Due: start.Add(7 * time.Millisecond), Expires: start.Add(time.Hour), Count: -3,
		Attrs: map[string]string{"status": "in transit", "_v": "theirs", "empty": ""}, Body: []byte("\x00body\xff"),
	}
	stored := whole
	stored.Version = 1
	want := map[string][]store.Item{
		"inbox":     {stored},
		"shipments": {{Key: whole.Key}},
		"ledger":    nil, // It has no stream.
	}
	for _, d := range dynamostore.Definitions() {
		t.Run(d.Table, func(t *testing.T) {
			name := create(t, d)
			if err := dynamostore.New(client(t), name, now).Put(t.Context(), whole); err != nil {
				t.Fatal(err)
			}
			var got []store.Item
			for _, image := range streamed(t, name) {
				it, err := dynamostore.Image(image)
				if err != nil {
					t.Fatalf("Image of %s = %v", image, err)
				}
				got = append(got, it)
			}
			if diff := cmp.Diff(want[d.Table], got); diff != "" {
				t.Errorf("images (-want +got):\n%s", diff)
			}
		})
	}
}

// streamed returns what the records of a table's stream hold of their rows: the
// new image, or the keys where there is none.
func streamed(t *testing.T, table string) (images [][]byte) {
	t.Helper()
	stream := awstest.StreamOf(t, awstest.Config(t), table)
	if stream == nil {
		return nil
	}
	changes, err := stream.Next(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range changes {
		if c.Image == nil {
			c.Image = c.Keys
		}
		images = append(images, c.Image)
	}
	return images
}
