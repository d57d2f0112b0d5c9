package snssender

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/service/sns"
)

// Narrow is what is used of a client, and holds nothing of the rest: in a binary
// that executes templates, which find methods by name, the linker would keep all
// that SNS can do.
func Narrow(c *sns.Client) API {
	return calls{c.Publish, c.CreateTopic, c.SetTopicAttributes, c.Subscribe, c.ListSubscriptionsByTopic}
}

type call[In, Out any] func(context.Context, *In, ...func(*sns.Options)) (*Out, error)

type calls struct {
	publish       call[sns.PublishInput, sns.PublishOutput]
	createTopic   call[sns.CreateTopicInput, sns.CreateTopicOutput]
	setAttributes call[sns.SetTopicAttributesInput, sns.SetTopicAttributesOutput]
	subscribe     call[sns.SubscribeInput, sns.SubscribeOutput]
	list          call[sns.ListSubscriptionsByTopicInput, sns.ListSubscriptionsByTopicOutput]
}

// Publish implements [API].
func (c calls) Publish(ctx context.Context, in *sns.PublishInput, o ...func(*sns.Options)) (*sns.PublishOutput, error) {
	return c.publish(ctx, in, o...)
}

// CreateTopic implements [API].
func (c calls) CreateTopic(ctx context.Context, in *sns.CreateTopicInput, o ...func(*sns.Options)) (*sns.CreateTopicOutput, error) {
	return c.createTopic(ctx, in, o...)
}

// SetTopicAttributes implements [API].
func (c calls) SetTopicAttributes(ctx context.Context, in *sns.SetTopicAttributesInput, o ...func(*sns.Options)) (*sns.SetTopicAttributesOutput, error) {
	return c.setAttributes(ctx, in, o...)
}

// Subscribe implements [API].
func (c calls) Subscribe(ctx context.Context, in *sns.SubscribeInput, o ...func(*sns.Options)) (*sns.SubscribeOutput, error) {
	return c.subscribe(ctx, in, o...)
}

// ListSubscriptionsByTopic implements [API].
func (c calls) ListSubscriptionsByTopic(ctx context.Context, in *sns.ListSubscriptionsByTopicInput, o ...func(*sns.Options)) (*sns.ListSubscriptionsByTopicOutput, error) {
	return c.list(ctx, in, o...)
}
