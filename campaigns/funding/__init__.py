"""What becomes of the money: goals met and missed, deadlines, money that goes back or to another purpose."""
