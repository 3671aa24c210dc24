"""Every test that needs no browser on PostgreSQL, with Redis and RabbitMQ. Where one does not answer, a word says so; under CI all must."""

import os
import subprocess
import sys

import kombu
import kombu.exceptions
import psycopg
import redis

DATABASE = "postgres://postgres@127.0.0.1:5432/supportdesk"
REDIS = "redis://127.0.0.1:6379"
AMQP = "amqp://guest:guest@127.0.0.1:5672//"
COMMAND = [sys.executable, "-m", "pytest", "-n", "2", "--dist", "worksteal", "-m", "not browser"]


def main() -> int:
    database = os.environ.get("TEST_DATABASE_URL", DATABASE)
    if not postgres_answers(database):
        return report_skip("PostgreSQL", "TEST_DATABASE_URL")
    environment = {**os.environ, "DATABASE_URL": database}
    broker = os.environ.get("TEST_REDIS_URL", REDIS)
    if redis_answers(broker):
        environment["TEST_REDIS_URL"] = broker
    elif report_skip("Redis", "TEST_REDIS_URL"):
        return 1
    queues = os.environ.get("TEST_AMQP_URL", AMQP)
    if rabbitmq_answers(queues):
        environment["TEST_AMQP_URL"] = queues
    elif report_skip("RabbitMQ", "TEST_AMQP_URL"):
        return 1
    return subprocess.run([*COMMAND, *sys.argv[1:]], env=environment, check=False).returncode


def postgres_answers(url: str) -> bool:
    """Asks the database that every server has: the tests make their own."""
    try:
        psycopg.connect(url, dbname="postgres", connect_timeout=3).close()
    except psycopg.OperationalError:
        return False
    return True


def redis_answers(url: str) -> bool:
    try:
        return bool(redis.Redis.from_url(url, socket_timeout=3).ping())
    except redis.RedisError:
        return False


def rabbitmq_answers(url: str) -> bool:
    try:
        with kombu.Connection(url, connect_timeout=3) as opened:
            opened.connect()
    except (OSError, kombu.exceptions.OperationalError):
        return False
    return True


def report_skip(what: str, name: str) -> int:
    """0 where a person may go on without it, 1 under CI."""
    print(f"SKIPPED: no {what} answers (set {name} to one). What needs it was not tested.")
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
