package shared_test

import (
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strconv"
	"strings"
	"testing"
)

const module = "github.com/shiptide/shiptide/"

// layers gives each package its height; height says which folders need no row.
// A package may import only packages of a lower height.
var layers = map[string]int{
	"shared/shipment":       0,
	"shared/trackingnumber": 0,
	"shared/contact":        0,
	"shared/webhook":        0,
	"shared/carrier":        0,
	"shared/setting":        0,

	"shared/order":     1,
	"shared/orderfile": 1,
	"shared/notice":    1,
	"shared/payload":   1,
	"shared/place":     1,

	"shared/source": 2,
	"shared/store":  2,
	"shared/sender": 2,

	"shared/awsclient": 2,
	"shared/metric":    2,

	"shared/secret":     3,
	"shared/lambdahttp": 3,
	"shared/archive":    3,
	"shared/receive":    3,
	"shared/ingest":     3,
	"shared/notify":     3,
	"shared/sweep":      3,
	"shared/subscribe":  3,
	"shared/page":       3,
	"shared/shop":       3,

	"shared/source/all":        4,
	"shared/source/sourcetest": 4,
	"shared/store/storetest":   4,
	"shared/sender/sendertest": 4,
	"shared/awstest":           4,

	"shared/source/tiktokshop/tiktokshoptest": 4,

	"shared/awsnotify":  4,
	"shared/awsreceive": 4,
}

// beyondStandard names the one module that a package of layer 0 or 1 may use
// beside the standard library.
var beyondStandard = map[string]string{
	"shared/payload": "github.com/go-json-experiment/json",
	"shared/place":   "golang.org/x/text",
}

// height returns the layer of the package in dir. One folder per source, store,
// sender and function is the rule, so those are known by their parent.
func height(dir string) (int, bool) {
	if h, ok := layers[dir]; ok {
		return h, true
	}
	switch path.Dir(dir) {
	case "shared/source", "shared/store", "shared/sender":
		return 3, true
	case "functions":
		return 5, true
	}
	return 0, false
}

// breach says what is wrong with a package in dir that imports imp, and is empty
// if nothing is. A package without a layer is reported by the walk, not here.
func breach(dir, imp string) string {
	from, ok := height(dir)
	if !ok {
		return ""
	}
	if to, ours := strings.CutPrefix(imp, module); ours {
		if h, ok := height(to); ok && h >= from {
			return "not a lower layer"
		}
		return ""
	}
	switch {
	case standard(imp):
		return ""
	case from <= 1 && !within(imp, beyondStandard[dir]):
		return "layers 0 and 1 use the standard library only"
	case within(imp, "github.com/aws/aws-lambda-go"):
		if from != 5 && dir != "shared/lambdahttp" {
			return "Lambda belongs in lambdahttp or in functions/"
		}
	case within(imp, "github.com/aws"):
		if from != 5 && !usesAWS(dir, from) {
			return "the AWS SDK belongs in an adapter or in functions/"
		}
	}
	return ""
}

// usesAWS reports whether dir, of layer from, is an adapter that may call AWS,
// or what adapters share.
func usesAWS(dir string, from int) bool {
	parent := path.Dir(dir)
	return dir == "shared/awsclient" || dir == "shared/awstest" || dir == "shared/awsnotify" || dir == "shared/awsreceive" || from == 3 && (dir == "shared/secret" || parent == "shared/store" || parent == "shared/sender")
}

// standard reports whether imp is of the standard library: its first element has
// no dot.
func standard(imp string) bool {
	first, _, _ := strings.Cut(imp, "/")
	return !strings.Contains(first, ".")
}

// within reports whether imp is root or below it. Nothing is within "".
func within(imp, root string) bool {
	return root != "" && (imp == root || strings.HasPrefix(imp, root+"/"))
}

func TestImportsPointDown(t *testing.T) {
	root := os.DirFS("..")
	for _, file := range goFiles(t, root) {
		dir := path.Dir(file)
		if _, ok := height(dir); !ok {
			t.Errorf("%s: %s has no layer; add it to the table in shared/layers_test.go", file, dir)
			continue
		}
		src, err := fs.ReadFile(root, file)
		if err != nil {
			t.Fatal(err)
		}
		f, err := parser.ParseFile(token.NewFileSet(), file, src, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range f.Imports {
			imp, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			if why := breach(dir, imp); why != "" {
				t.Errorf("%s imports %s: %s", file, imp, why)
			}
		}
	}
}

func TestBreach(t *testing.T) {
	const (
		down   = ""
		level  = "not a lower layer"
		strict = "layers 0 and 1 use the standard library only"
		aws    = "the AWS SDK belongs in an adapter or in functions/"
		lambda = "Lambda belongs in lambdahttp or in functions/"
	)
	tests := []struct {
		name, dir, imp, want string
	}{
		{"a main imports a use case", "functions/ingest", module + "shared/ingest", down},
		{"a main imports a main", "functions/local", module + "functions/ingest", level},
		{"a use case imports a contract", "shared/ingest", module + "shared/store", down},
		{"a use case imports an adapter", "shared/ingest", module + "shared/store/boltstore", level},
		{"a use case imports a source", "shared/receive", module + "shared/source/ups", level},
		{"a use case imports a use case", "shared/sweep", module + "shared/ingest", level},
		{"a use case imports the list of sources", "shared/sweep", module + "shared/source/all", level},
		{"a contract imports a use case", "shared/source", module + "shared/receive", level},
		{"a contract imports a contract", "shared/store", module + "shared/sender", level},
		{"a source imports a source", "shared/source/ups", module + "shared/source/fedex", level},
		{"a source imports its contract", "shared/source/ups", module + "shared/source", down},
		{"the list imports a source", "shared/source/all", module + "shared/source/ups", down},
		{"a suite imports a contract", "shared/store/storetest", module + "shared/store", down},
		{"layer 0 imports layer 0", "shared/shipment", module + "shared/carrier", level},
		{"layer 1 imports layer 0", "shared/notice", module + "shared/shipment", down},

		{"layer 0 imports the standard library", "shared/webhook", "crypto/hmac", down},
		{"layer 0 imports a module", "shared/shipment", "golang.org/x/text/cases", strict},
		{"layer 1 imports a module", "shared/order", "github.com/go-json-experiment/json", strict},
		{"payload imports its reader", "shared/payload", "github.com/go-json-experiment/json/jsontext", down},
		{"payload imports another module", "shared/payload", "golang.org/x/text/cases", strict},
		{"place imports x/text", "shared/place", "golang.org/x/text/unicode/norm", down},
		{"place imports a module whose name begins alike", "shared/place", "golang.org/x/textual", strict},
		{"layer 2 imports a module", "shared/store", "github.com/klauspost/compress/flate", down},

		{"a store imports the SDK", "shared/store/dynamostore", "github.com/aws/aws-sdk-go-v2/service/dynamodb", down},
		{"a sender imports the SDK", "shared/sender/snssender", "github.com/aws/aws-sdk-go-v2/service/sns", down},
		{"secret imports the SDK", "shared/secret", "github.com/aws/aws-sdk-go-v2/service/ssm", down},
		{"a main imports the SDK", "functions/sweep", "github.com/aws/aws-sdk-go-v2/config", down},
		{"a contract imports the SDK", "shared/store", "github.com/aws/aws-sdk-go-v2/aws", aws},
		{"a use case imports the SDK", "shared/notify", "github.com/aws/aws-sdk-go-v2/service/sns", aws},
		{"a source imports the SDK", "shared/source/ups", "github.com/aws/smithy-go", aws},
		{"a suite imports the SDK", "shared/store/storetest", "github.com/aws/aws-sdk-go-v2/aws", aws},
		{"lambdahttp imports the SDK", "shared/lambdahttp", "github.com/aws/aws-sdk-go-v2/aws", aws},
		{"lambdahttp imports events", "shared/lambdahttp", "github.com/aws/aws-lambda-go/events", down},
		{"a main imports events", "functions/notify", "github.com/aws/aws-lambda-go/events", down},
		{"a use case imports events", "shared/ingest", "github.com/aws/aws-lambda-go/events", lambda},
		{"a store imports events", "shared/store/dynamostore", "github.com/aws/aws-lambda-go/events", lambda},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := breach(tt.dir, tt.imp); got != tt.want {
				t.Errorf("breach(%q, %q) = %q, want %q", tt.dir, tt.imp, got, tt.want)
			}
		})
	}
}

func TestHeightKnowsNoStrayPackage(t *testing.T) {
	for _, dir := range []string{".", "shared", "functions", "shared/util", "shared/sources", "shared/source/ups/internal"} {
		if h, ok := height(dir); ok {
			t.Errorf("height(%q) = %d, want none", dir, h)
		}
	}
}

// goFiles returns the Go files below root that make up packages: no tests, no
// testdata, nothing hidden.
func goFiles(t *testing.T, root fs.FS) []string {
	t.Helper()
	var files []string
	err := fs.WalkDir(root, ".", func(file string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if name == "testdata" || file != "." && strings.HasPrefix(name, ".") {
				return fs.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(name, ".go") && !strings.HasSuffix(name, "_test.go") {
			files = append(files, file)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}
