"""Broker connections in tests: opened anew after the address changed."""

from kombu import pools

from supportdesk.celery import app


def forget_connections() -> None:
    """Close every pool and drop it from the registry too: one that is only closed would be handed out again."""
    pools.reset()
    app._pool, app.amqp._producer_pool = None, None
