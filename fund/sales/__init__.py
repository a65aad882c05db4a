"""What rewards and the shop share: stock, delivery, sale lines, fiscal receipts."""
