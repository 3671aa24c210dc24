"""The ground floor: dates, SQL, encryption, signed posts and the like. Knows no room."""
