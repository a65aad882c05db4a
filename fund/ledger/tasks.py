"""What beat does about the books."""

from celery import shared_task

from fund.ledger import services


@shared_task(name="ledger.seal_checkpoint", expires=30)
def seal_checkpoint() -> None:
    """Make a checkpoint of what was posted since the last."""
    services.seal_checkpoint()
