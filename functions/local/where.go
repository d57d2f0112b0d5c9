package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/smithy-go/logging"

	"github.com/shiptide/shiptide/shared/archive"
	"github.com/shiptide/shiptide/shared/awsclient"
	"github.com/shiptide/shiptide/shared/source"
	"github.com/shiptide/shiptide/shared/source/tiktokshop"
	"github.com/shiptide/shiptide/shared/store"
	"github.com/shiptide/shiptide/shared/store/dynamostore"
)

// where says where the data of a command is.
type where struct {
	dir    string // the data folder: the database, and in any case the keys
	store  string
	stack  string            // name of a deployment, which knows its tables and keys
	tables string            // names of the tables on DynamoDB
	names  map[string]string // the same, by table; see check
	market tiktokshop.Settings
}

// Values of -store.
const (
	inFile     = "file"
	inDynamoDB = "dynamodb"
)

// placed adds the flags that say where the data is to those of a command, and
// reads them all; see parse.
func (e *env) placed(fs *flag.FlagSet, args []string) (w where, rest []string, code int, ok bool) {
	fs.StringVar(&w.dir, "data", defaultData, "folder of the data")
	fs.StringVar(&w.store, "store", inFile, "where the data is: file (in the folder) or dynamodb (in -tables)")
	fs.StringVar(&w.stack, "stack", "", "name of a deployment on AWS, whose tables and keys are used; with -tables, its keys only")
	fs.StringVar(&w.tables, "tables", "", "tables on DynamoDB, as inbox=NAME,shipments=NAME,ledger=NAME")
	if rest, code, ok = parse(fs, args); !ok {
		return w, rest, code, false
	}
	err := w.check()
	if err == nil {
		w.market, err = tiktokshop.ReadSettings(e.getenv)
	}
	if err != nil {
		e.say("local: %v", err)
		return w, rest, exitUsage, false
	}
	return w, rest, exitOK, true
}

// check reads the names of tables, and tells what is wrong with the flags.
func (w *where) check() (err error) {
	switch {
	case w.store != inFile && w.store != inDynamoDB:
		return fmt.Errorf("-store %s: there are %s and %s", w.store, inFile, inDynamoDB)
	case w.store == inFile && w.stack == "" && w.tables != "":
		return fmt.Errorf("-tables is for -store %s", inDynamoDB)
	case w.stack != "" && w.tables != "": // Those that a deleted stack has left.
		w.store = inDynamoDB
		w.names, err = tableNames(w.tables)
	case w.stack != "":
		w.store = inDynamoDB
	case w.store == inDynamoDB:
		w.names, err = tableNames(w.tables)
	}
	return err
}

func (w *where) String() string {
	switch {
	case w.stack != "":
		return "the tables of stack " + w.stack
	case w.store == inDynamoDB:
		return "DynamoDB (" + w.tables + "), keys in " + w.dir
	}
	return w.dir
}

// open opens the store and joins the use cases. The caller closes it.
func (w *where) open(ctx context.Context, sources []source.Source, now func() time.Time, log *slog.Logger) (*app, error) {
	switch {
	case w.stack != "":
		return w.openStack(ctx, sources, now, log)
	case w.store == inDynamoDB:
		return w.openDynamoDB(ctx, sources, now, log)
	}
	a, err := openApp(w.dir, sources, now, log)
	if err == nil {
		a.market = w.market
		a.keepShops(a.seller, a.market)
	}
	return a, err
}

// keyring reads WEBHOOK_KEYS. The development keys are for a file on this
// machine: without the setting no push is taken for tables on DynamoDB.
func (w *where) keyring(e *env) (keyring, error) {
	setting := e.getenv(webhookKeys)
	if setting == "" && w.store == inDynamoDB {
		return keyring{}, nil
	}
	return readKeyring(setting)
}

// inUse says who has the file open.
func (w *where) inUse(ctx context.Context) error {
	if c, err := findServer(ctx, w.dir); err == nil {
		return fmt.Errorf("%s is in use by the server at %s", w.dir, c.base)
	}
	return fmt.Errorf("%s is in use by a command", w.dir)
}

// openDynamoDB joins the use cases over tables that are there, under the
// operator's own identity.
func (w *where) openDynamoDB(ctx context.Context, sources []source.Source, now func() time.Time, log *slog.Logger) (*app, error) {
	cfg, err := operatorConfig(ctx)
	if err != nil {
		return nil, err
	}
	t, identity, err := openTables(ctx, cfg, w.names, now)
	if err != nil {
		return nil, err
	}
	keys, err := readKeys(w.dir)
	if errors.Is(err, os.ErrNotExist) {
		filled, fault := store.Contacts{Table: t.ledger}.Filled(ctx)
		switch {
		case fault != nil:
			return nil, fault
		case !filled:
			keys, err = makeKeys(w.dir)
		}
	}
	if err != nil {
		return nil, err
	}
	a := newApp(sources, now, log)
	a.identity, a.market = identity, w.market
	if err := a.join(keys, t); err != nil {
		return nil, err
	}
	return a, otherKeys(a.contacts.UseKeys(ctx))
}

// openTables opens tables on DynamoDB, and says what is wrong with any of them.
func openTables(ctx context.Context, cfg aws.Config, names map[string]string, now func() time.Time) (t tables, identity string, err error) {
	client := dynamodb.NewFromConfig(cfg)
	places := t.byName()
	identities := []string{}
	var errs []error
	for _, d := range dynamostore.Definitions() {
		id, err := d.Check(ctx, client, names[d.Table])
		identities = append(identities, id)
		switch {
		case errors.Is(err, store.ErrNoTable):
			err = fmt.Errorf("there is no table %s in %s for %s", names[d.Table], cfg.Region, d.Table)
		case errors.Is(err, store.ErrDenied):
			err = fmt.Errorf("%w: the right dynamodb:DescribeTable is missing", err)
		}
		errs = append(errs, err)
		*places[d.Table] = dynamostore.New(client, names[d.Table], now)
	}
	return t, strings.Join(identities, " "), errors.Join(errs...)
}

// operatorConfig is that of clients under the operator's own identity.
func operatorConfig(ctx context.Context) (aws.Config, error) {
	cfg, err := config.LoadDefaultConfig(ctx, config.WithLogger(logging.Nop{})) // Errors say it all.
	if err != nil {
		return aws.Config{}, fmt.Errorf("settings of AWS: %w", err)
	}
	if cfg.Region == "" {
		return aws.Config{}, errors.New("no AWS region: set AWS_REGION, or AWS_PROFILE to a profile that has one")
	}
	if _, err := cfg.Credentials.Retrieve(ctx); err != nil {
		return aws.Config{}, fmt.Errorf("no AWS credentials: sign in, or set AWS_PROFILE: %w", err)
	}
	return awsclient.ForOperator(cfg), nil
}

// byName are the tables under the names of their definitions.
func (t *tables) byName() map[string]*archive.Rows {
	return map[string]*archive.Rows{"inbox": &t.inbox, "shipments": &t.shipments, "ledger": &t.ledger}
}

// tableNames reads -tables.
func tableNames(list string) (map[string]string, error) {
	names := map[string]string{}
	for pair := range strings.SplitSeq(list, ",") {
		table, name, _ := strings.Cut(strings.TrimSpace(pair), "=")
		known := slices.ContainsFunc(dynamostore.Definitions(), func(d dynamostore.Definition) bool { return d.Table == table })
		if !known || name == "" || names[table] != "" {
			return nil, badTables(list)
		}
		names[table] = name
	}
	if len(names) != len(dynamostore.Definitions()) {
		return nil, badTables(list)
	}
	return names, nil
}

func badTables(list string) error {
	return fmt.Errorf("-tables %q is not of the form inbox=NAME,shipments=NAME,ledger=NAME, which -store %s needs", list, inDynamoDB)
}
