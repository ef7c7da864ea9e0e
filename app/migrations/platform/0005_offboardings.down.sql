-- A tenant that is half gone could not be finished by the release before.
DO $$
BEGIN
  IF EXISTS (SELECT FROM offboardings WHERE state <> 'done') THEN
    RAISE EXCEPTION 'a tenant is being offboarded';
  END IF;
END $$;
DROP TABLE offboardings;
