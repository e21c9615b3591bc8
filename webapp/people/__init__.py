"""What people see of one another afterwards: whom I met, their card, my notes. Pages composed of features below; owns no tables and no rules."""
