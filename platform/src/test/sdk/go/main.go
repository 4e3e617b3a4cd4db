// Makes the calls through analytics-go and answers with the events that the SDK made of them.
package main

import (
	"encoding/json"
	"fmt"
	"os"

	"github.com/segmentio/analytics-go/v3"
)

type job struct {
	Endpoint string
	WriteKey string
	Calls    []json.RawMessage
}

// outcomes keeps what the SDK tells of each message in the end; the SDK calls it from one goroutine per batch, and
// there is one batch.
type outcomes struct {
	sent   []analytics.Message
	failed []error
}

func (o *outcomes) Success(message analytics.Message)            { o.sent = append(o.sent, message) }
func (o *outcomes) Failure(message analytics.Message, err error) { o.failed = append(o.failed, err) }

func main() {
	var job job
	check(json.NewDecoder(os.Stdin).Decode(&job))
	outcomes := &outcomes{}
	client, err := analytics.NewWithConfig(job.WriteKey, analytics.Config{Endpoint: job.Endpoint, Callback: outcomes})
	check(err)

	for _, call := range job.Calls {
		check(client.Enqueue(message(call)))
	}
	check(client.Close())

	for _, err := range outcomes.failed {
		check(err)
	}
	check(json.NewEncoder(os.Stdout).Encode(outcomes.sent))
}

func message(call json.RawMessage) analytics.Message {
	var kind struct{ Type string }
	check(json.Unmarshal(call, &kind))
	switch kind.Type {
	case "identify":
		return decoded[analytics.Identify](call)
	case "track":
		return decoded[analytics.Track](call)
	case "page":
		return decoded[analytics.Page](call)
	case "screen":
		return decoded[analytics.Screen](call)
	case "group":
		return decoded[analytics.Group](call)
	case "alias":
		return decoded[analytics.Alias](call)
	}
	panic("no such call: " + kind.Type)
}

func decoded[M analytics.Message](call json.RawMessage) M {
	var message M
	check(json.Unmarshal(call, &message))
	return message
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
