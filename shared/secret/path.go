package secret

import (
	"errors"
	"strings"
)

// The names of a stack's own keys.
const (
	Pepper = "pepper" // names recipients
	Page   = "page"   // signs links to pages
	Data   = "data"   // seals addresses
)

// ownNames lists a stack's own keys in the order in which they are named.
func ownNames() []string { return []string{Pepper, Page, Data} }

// Root is the path below which all parameters of a stack are.
func Root(stack string) string { return "/shiptide/" + stack }

// SourcePath is the name of the parameter that holds the keys of a source: a JSON
// array of one or two, the newest first, each as [webhook.ParseKeys] takes it.
func SourcePath(stack, source string) string { return Root(stack) + "/keys/" + source }

// OwnPath is the name of the parameter that holds one of a stack's own keys:
// [Pepper], [Page] or [Data], 32 bytes in base64.
func OwnPath(stack, key string) string { return Root(stack) + "/own/" + key }

// OutputsPath is the name of the plain parameter in which a stack says what it
// consists of.
func OutputsPath(stack string) string { return Root(stack) + "/outputs" }

var (
	errStack  = errors.New("the stack's name is not of letters, digits and dashes")
	errSource = errors.New("the source's name is not of letters, digits and dashes")
)

// plain tells whether a name is one part of a path. An empty stack would be the
// path of all stacks.
func plain(name string) bool {
	const allowed = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-"
	return name != "" && strings.Trim(name, allowed) == ""
}
