"""Mends what the emulator of AWS leaves out of a deployment, for the stack test.

Python imports this before the emulator starts. Each patch that is used is noted in
the file that PATCHES names; the test compares the notes with patches.txt.
"""

import json
import os
import re

from ministack.core import iam_actions
from ministack.services.cloudformation import provisioners

handlers = provisioners._RESOURCE_HANDLERS
used = set()


def note(patch):
    if patch not in used:
        used.add(patch)
        with open(os.environ["PATCHES"], "a", encoding="utf-8") as notes:
            notes.write(patch + "\n")


# SAM writes the routes of an HTTP API into its Body, which the emulator ignores.
create_api = handlers["AWS::ApiGatewayV2::Api"]["create"]


def api(logical_id, props, stack_name):
    api_id, outputs = create_api(logical_id, props, stack_name)
    targets = {}
    for path, operations in props["Body"]["paths"].items():
        for method, operation in operations.items():
            uri = operation["x-amazon-apigateway-integration"]["uri"]
            function = re.search(r"functions/(arn:.*)/invocations", uri).group(1)
            if function not in targets:
                targets[function], _ = provisioners._apigw_v2_integration_create(logical_id, {
                    "ApiId": api_id, "IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0", "IntegrationUri": function}, stack_name)
            verb = "ANY" if method == "x-amazon-apigateway-any-method" else method.upper()
            provisioners._apigw_v2_route_create(logical_id, {
                "ApiId": api_id, "RouteKey": f"{verb} {path}", "Target": f"integrations/{targets[function]}"}, stack_name)
            note("routes of the HTTP API are made of its Body")
    return api_id, outputs


handlers["AWS::ApiGatewayV2::Api"]["create"] = api

# It refuses alarms on an expression of several metrics.
alarm_record = provisioners._cw_metric_alarm_record


def alarm(name, props):
    if props.get("Metrics"):
        props = {key: value for key, value in props.items() if key != "Metrics"} | {"MetricName": "expression", "Namespace": "none"}
        note("alarms on expressions are taken, and watch nothing")
    return alarm_record(name, props)


provisioners._cw_metric_alarm_record = alarm

# CloudFormation makes numbers of parameters where a property is one.
create_table = handlers["AWS::DynamoDB::Table"]["create"]


def table(logical_id, props, stack_name):
    for holder in [props, *props.get("GlobalSecondaryIndexes", [])]:
        if "OnDemandThroughput" in holder:
            holder["OnDemandThroughput"] = {key: int(value) for key, value in holder["OnDemandThroughput"].items()}
            note("limits of tables are numbers")
    return create_table(logical_id, props, stack_name)


handlers["AWS::DynamoDB::Table"]["create"] = table

# It takes the reading of parameters by path for one of all parameters.
resource_arn = iam_actions.extract_resource_arn


def resource(service, method, path, headers, body, query_params, region, account_id):
    if service == "ssm" and iam_actions._action_from_target(headers) == "GetParametersByPath":
        note("parameters by path are named in rights")
        return f"arn:aws:ssm:{region}:{account_id}:parameter{json.loads(body)['Path']}"
    return resource_arn(service, method, path, headers, body, query_params, region, account_id)


iam_actions.extract_resource_arn = resource
