package simulator

// Sizes say how big a company is.
type Sizes struct {
	Customers int
	// LargestCustomer is how many locations the largest customer has.
	LargestCustomer int
	Locations       int
	Jobs            int
	// Appointments is at least Jobs: each job has one or more.
	Appointments int
	Technicians  int
	Employees    int
	Services     int
	Materials    int
	Equipment    int
	Discounts    int
	// Categories stand in Roots trees of at most seven levels.
	Categories, Roots int
	Projects          int
	Campaigns         int
}

// DefaultSizes is a real small company.
func DefaultSizes() Sizes {
	return Sizes{
		Customers: 1700, LargestCustomer: 147, Locations: 2400, Jobs: 3300, Appointments: 4200, Technicians: 40, Employees: 30,
		Services: 2200, Materials: 1500, Equipment: 400, Discounts: 40, Categories: 1160, Roots: 12, Projects: 60, Campaigns: 25,
	}
}

// SmallSizes is a company that is made in a moment, for tests.
func SmallSizes() Sizes {
	return Sizes{
		Customers: 60, LargestCustomer: 12, Locations: 90, Jobs: 120, Appointments: 150, Technicians: 8, Employees: 6,
		Services: 60, Materials: 40, Equipment: 15, Discounts: 8, Categories: 40, Roots: 3, Projects: 6, Campaigns: 5,
	}
}
