//! The rules, one module each, named as in the literature.

pub mod equal_shares;
pub mod greedy;
pub mod kemeny;
pub mod knapsack;
pub mod majority_judgment;
pub mod maximin;
pub mod overspending;
pub mod phragmen;
