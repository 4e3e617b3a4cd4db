"""segment-analytics-python: makes the calls, gzipped, and answers with the events that the SDK made of them."""

import json
import sys

from segment.analytics.client import Client

job = json.load(sys.stdin)
errors = []
client = Client(
    job["writeKey"],
    host=job["endpoint"],
    gzip=True,
    on_error=lambda error, batch: errors.append(error),
)
names = {
    "userId": "user_id",
    "anonymousId": "anonymous_id",
    "groupId": "group_id",
    "previousId": "previous_id",
}

events = []
for call in job["calls"]:
    arguments = {names.get(key, key): value for key, value in call.items()}
    queued, event = getattr(client, arguments.pop("type"))(**arguments)
    assert queued, event
    events.append(event)
client.shutdown()

if errors:
    sys.exit(f"not sent: {errors}")
json.dump(events, sys.stdout, default=str)
