//! What the public and the direction see: maps, communes, published projects, delays, funnel
