SELECT count() AS rows FROM `golden`.traces;
